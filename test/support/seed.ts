/**
 * Where properties are tried on programs that are not ours, or on the file system, every run tries the same examples: a
 * release doesn't hang on a draw. To look further, set WCN_TEST_SEED to another number.
 */
export const SEED = Number(process.env.WCN_TEST_SEED ?? 20_261_122)
