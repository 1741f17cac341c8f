/** `manifest.json` of a group of fixtures, as far as it is read. */
export interface OracleManifest {
  readonly group: string;
  readonly split?: string;
  readonly description?: string;
  readonly arrays: {
    readonly [name: string]: {
      readonly file: string;
      readonly dtype: string;
      readonly shape: readonly number[];
      readonly layout?: string;
      readonly desc?: string;
      readonly tolerance?: string;
    };
  };
  readonly files: {
    readonly [name: string]: { readonly desc?: string; readonly bytes: number; readonly sha256: string };
  };
}

/** The name of the file in a group's folder. */
export const oracleManifestFile = 'manifest.json';
