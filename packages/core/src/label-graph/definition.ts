/** A sentence with a place for the label's name: `'A photo of a {label} face'`. */
export type PromptTemplate = `${string}{label}${string}`;

/** A label graph as it is declared and as a checkpoint stores it: plain JSON. */
export interface LabelGraphDefinition {
  /** What is decided first: whether the face is fake. */
  readonly primary: { readonly prompt: PromptTemplate; readonly label: string };
  /** Attributes of the whole face, in order, each with the local labels that it can show in. */
  readonly global: {
    readonly prompt: PromptTemplate;
    readonly labels: { readonly [label: string]: readonly string[] };
  };
  /** Regions of the face, in order. */
  readonly local: { readonly prompt: PromptTemplate; readonly labels: readonly string[] };
}
