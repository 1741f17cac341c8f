"""The eyes of one face into another, as one would write it with OpenCV and mediapipe. Prints a line of JSON.

usage: region_swap.py PHOTOS OUTPUT   PHOTOS is a text file, a path a line
"""

import json
import math
import os
import sys
import time

import cv2
import mediapipe
import numpy as np

SIZE = 317
LEFT_EYE = [33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7]
RIGHT_EYE = [263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249]
ALIGN = [33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380, 168, 6]
# The ArcFace template in 112 pixels, shifted by 8, with 1.3 times its square around it.
TEMPLATE = np.array([[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]])
TEMPLATE = (TEMPLATE * SIZE / 112 + SIZE * 0.15) / 1.3


def find_mesh(finder, photo):
    """[468, 2] in pixels, or None"""
    found = finder.process(cv2.cvtColor(photo, cv2.COLOR_BGR2RGB)).multi_face_landmarks
    if not found:
        return None
    height, width = photo.shape[:2]
    return np.array([(point.x * width, point.y * height) for point in found[0].landmark], np.float64)


def transform(points, matrix):
    return points @ matrix[:, :2].T + matrix[:, 2]


def crop_face(photo, mesh):
    five = np.stack([mesh[LEFT_EYE].mean(0), mesh[RIGHT_EYE].mean(0), mesh[4], mesh[61], mesh[291]])
    matrix, _ = cv2.estimateAffinePartial2D(five, TEMPLATE, method=cv2.LMEDS)
    return cv2.warpAffine(photo, matrix, (SIZE, SIZE)), transform(mesh, matrix)


def ellipse(radius):
    side = 2 * max(1, round(radius)) + 1
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))


def draw_mask(mesh):
    """[SIZE, SIZE] float32 in 0..1: outlines, grown, smoothed, shrunk, softened"""
    mask = np.zeros((SIZE, SIZE), np.uint8)
    for eye in (LEFT_EYE, RIGHT_EYE):
        outline = [np.rint(mesh[eye]).astype(np.int32)]
        cv2.fillPoly(mask, outline, 255)
        cv2.polylines(mask, outline, True, 255, 2)
    distance = math.dist(mesh[LEFT_EYE].mean(0), mesh[RIGHT_EYE].mean(0))
    mask = cv2.dilate(mask, ellipse(0.2 * distance))
    mask = cv2.GaussianBlur(mask, (0, 0), 0.06 * distance)
    mask = cv2.threshold(mask, 127, 255, cv2.THRESH_BINARY)[1]
    mask = cv2.erode(mask, ellipse(0.03 * distance))
    return cv2.GaussianBlur(mask.astype(np.float32) / 255, (0, 0), 0.06 * distance)


def transfer_color(source, target, mask):
    """[SIZE, SIZE, 3] float32 BGR: mean and deviation of Lab under the mask become the target's"""
    source = cv2.cvtColor(source.astype(np.float32) / 255, cv2.COLOR_BGR2LAB)
    target = cv2.cvtColor(target.astype(np.float32) / 255, cv2.COLOR_BGR2LAB)
    inside = (mask > 0.5).astype(np.uint8)
    source_mean, source_deviation = cv2.meanStdDev(source, mask=inside)
    target_mean, target_deviation = cv2.meanStdDev(target, mask=inside)
    gain = np.clip(target_deviation / np.maximum(source_deviation, 1e-3), 0.8, 1.25)
    lab = (source - source_mean.ravel()) * gain.ravel() + target_mean.ravel()
    return cv2.cvtColor(lab.astype(np.float32), cv2.COLOR_LAB2BGR) * 255


def swap(target, donor):
    crop, mesh = target
    donor_crop, donor_mesh = donor
    matrix, _ = cv2.estimateAffinePartial2D(donor_mesh[ALIGN], mesh[ALIGN], method=cv2.LMEDS)
    source = cv2.warpAffine(donor_crop, matrix, (SIZE, SIZE))
    mask = np.maximum(draw_mask(mesh), draw_mask(transform(donor_mesh, matrix)))
    colored = transfer_color(source, crop, mask)
    alpha = mask[:, :, None]
    blended = crop * (1 - alpha) + colored * alpha
    return np.clip(np.rint(blended), 0, 255).astype(np.uint8)


def main(photos, output):
    cv2.setNumThreads(1)
    with open(photos, encoding="utf-8") as file:
        paths = file.read().splitlines()
    finder = mediapipe.solutions.face_mesh.FaceMesh(static_image_mode=True, max_num_faces=1)
    find_mesh(finder, cv2.imread(paths[0]))
    donor, images = None, 0
    start, start_cpu = time.perf_counter(), time.process_time()
    for index, path in enumerate(paths):
        photo = cv2.imread(path)
        mesh = find_mesh(finder, photo)
        if mesh is None:
            continue
        target = crop_face(photo, mesh)
        made = swap(target, donor if donor is not None else target)
        cv2.imwrite(os.path.join(output, f"{index}.png"), made, [cv2.IMWRITE_PNG_COMPRESSION, 6])
        donor, images = target, images + 1
    seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - start_cpu
    description = f"mediapipe {mediapipe.__version__}, OpenCV {cv2.__version__}, Python {sys.version.split()[0]}"
    print(json.dumps({"images": images, "seconds": seconds, "cpuSeconds": cpu_seconds, "description": description}))


main(*sys.argv[1:])
