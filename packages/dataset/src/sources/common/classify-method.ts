/** What kind of manipulation a published method is, as far as labels follow from it. */
type MethodKind = 'identity-swap' | 'reenactment' | 'entire-synthesis' | 'attribute-edit';

/** Names as `normaliseMethod` leaves them. */
const kinds: Readonly<Record<MethodKind, string>> = {
  'identity-swap': `blendface celebdf celebdfv2 deepfacelab deepfakedetection deepfakes deepfakesstarganstack dfaker dffs dfl
    dfvae diffface diffswap e4s facedancer faceshifter faceswap fakeapp fsgan ghost hififace hifiswap infoswap inswap inswapper
    megafs methoda methodb mmreplacement mobilefaceswap mobileswap roop simswap starganblendfacestack uniface`,
  reenactment: `anitalker atvgnet audiodriven dagan danet echomimic edtalk face2face facereenact facevid2vid firstordermotion
    float fo fomm fsrt heygen hyperreenact iplap lia liveportrait mcnet mraa neuraltextures oneshot oneshotfree pirender
    real3dportrait sadtalker talkingface talkingheadvideo tpsm tpsmm tps wav2lip`,
  'entire-synthesis': `adm ddim ddpm dit ditxl2 ldm midjourney midjourney6 pixart pixartalpha pndm progan rddm sd21 sit sitxl2
    stylegan stylegan2 stylegan3 styleganxl vqgan whichfaceisreal whichisreal`,
  'attribute-edit': `collabdiff discofacegan e4e faceapp hfgi maskgan scfegan stargan stargan2 starganv2 styleclip`,
};
const kindOf = new Map(
  Object.entries(kinds).flatMap(([kind, names]) =>
    names.split(/\s+/).map((name) => [name, kind as MethodKind] as const),
  ),
);

/** A method's name without case and punctuation: `SC-FEGAN` gives `scfegan`. */
export const normaliseMethod = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

/**
 * The kind of a published method.
 *
 * @param name its name in any spelling
 * @returns `undefined` for one that is not known
 */
const classifyMethod = (name: string): MethodKind | undefined => kindOf.get(normaliseMethod(name));

/** Methods whose name is itself a key of the annotation tables. */
const keys: ReadonlyMap<string, string> = new Map(
  ['Deepfakes', 'FaceSwap', 'Face2Face', 'NeuralTextures'].map((key) => [normaliseMethod(key), key]),
);

/**
 * The annotation key of a published method, or why there is none.
 *
 * A swap changes the identity and a reenactment the expression; the graph of FaceForensics++ has no label for a face that was
 * made from nothing, nor for age, hair or gender. Such items are left out, not mislabelled.
 *
 * @param name the method's name in any spelling
 */
export function findManipulation(name: string): { readonly manipulation: string } | { readonly skip: string } {
  const kind = classifyMethod(name);
  if (kind === 'identity-swap' || kind === 'reenactment')
    return { manipulation: keys.get(normaliseMethod(name)) ?? kind };
  if (kind === 'entire-synthesis')
    return { skip: `${name} makes whole faces: nothing was altered that the label graph could name` };
  if (kind === 'attribute-edit') return { skip: `${name} edits attributes that the label graph has no label for` };
  return { skip: `the method ${name} is not known; list it in a CSV with a column "manipulation"` };
}
