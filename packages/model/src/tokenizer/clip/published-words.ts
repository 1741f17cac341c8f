/** How many ids CLIP has; the last two are the start and the end token. */
export const publishedTokenCount = 49_408;

/** The ids that CLIP gives to each word of the published graphs' prompts. */
export const publishedWords: Readonly<Record<string, readonly number[]>> = {
  a: [320],
  age: [805],
  altered: [25201],
  attribute: [527, 5493],
  expression: [11357],
  eye: [3272],
  eyebrow: [34250],
  face: [1710],
  fake: [5777],
  gender: [5906],
  global: [2779],
  identity: [8892],
  inconsistency: [512, 25683],
  lip: [8546],
  local: [2029],
  mouth: [4932],
  nose: [8231],
  of: [539],
  photo: [1125],
  physical: [6671],
  pose: [4230],
  skin: [3575],
  the: [518],
  with: [593],
};
