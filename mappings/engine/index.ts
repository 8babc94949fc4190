/** The mapping engine, for those who use it: pure functions over texts and records. */
export { type CaseDifference, type CaseResult, runCases } from './cases.ts';
export { CASES_FORM } from './cases-form.ts';
export type { Codec, Example } from './codec.ts';
export { checkMapping, compileMapping } from './compile.ts';
export { declaredLosses } from './describe.ts';
export { coverage, listLoss, losses, type WireCoverage } from './listing.ts';
export { compileFile, loadMappings, type MappingFile, runFileCases, wireNames } from './load.ts';
export type { Decoded, Encoded, FieldProblem, Loss, Mapping, MappingLine, WireRegistry } from './mapping.ts';
export type { CompileOptions, Overrides, SettingValue } from './options.ts';
export { MappingError, type Problem } from './problems.ts';
export { CODECS, codecOf } from './registry.ts';
export type { CompiledMapping } from './runtime.ts';
export type { MappingSource } from './source.ts';
