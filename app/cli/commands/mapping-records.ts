/** `sverka mapping preview --records`: a mapping tried on records out of a file, without a store, a system or a call. */
import { ConfigError } from '../../../core/errors.ts';
import { suggestion } from '../../../core/nearest.ts';
import { MappingError } from '../../../mappings/engine/problems.ts';
import type { MappingTarget, MappingTargets } from '../../mapping-targets.ts';
import type { Answer, Invocation } from '../host.ts';
import { type MappingsOptions, withMappings } from '../mapping-session.ts';

export interface RecordsOptions extends MappingsOptions {
  /** File of the sample records. */
  readonly records: string;
  /** How many are shown in full. */
  readonly sample?: number;
}

const SHOWN = 3;

/** `which`: `<system or vendor>/<stream>`; may be left out where there is one mapping only. */
export async function previewRecords(invocation: Invocation, which: string | undefined, options: RecordsOptions): Promise<Answer> {
  return withMappings(invocation, options, async (loaded) => {
    const [{ mappingTargets }, { sampleRecords }, { compileMapping }, { sampleView }, { sampleText }] = await Promise.all([
      import('../../mapping-targets.ts'),
      import('../../sample-file.ts'),
      import('../../../mappings/engine/compile.ts'),
      import('../../console/mapping-sample.ts'),
      import('../output/mapping-sample.ts'),
    ]);
    const target = chosen(await mappingTargets(loaded), which);
    const mapping = compileMapping(target.source, target.options);
    const records = await sampleRecords(options.records, target.stream);
    const { showPersonal } = invocation.options;
    const view = sampleView(mapping, { records, wire: target.wire, show: options.sample ?? SHOWN, showPersonal });
    return { code: view.broken + view.unreadable + view.miswritten > 0 ? 3 : 0, data: view, text: sampleText(view, showPersonal) };
  });
}

/** The mapping that is meant. Throws `ConfigError` with what there is. */
export function chosen({ targets, problems }: MappingTargets, which: string | undefined): MappingTarget {
  const found = targets.filter(
    (target) => which === undefined || target.name === which || target.system === which || `${target.vendor}/${target.stream}` === which,
  );
  const [one] = found;
  if (one !== undefined && (found.length === 1 || one.name === which)) return one;
  const astray = problems.find((problem) => which !== undefined && problem.file.includes(`/${which.split('/')[0]}/`));
  if (astray !== undefined) throw new MappingError(astray, []);
  const names = (found.length > 1 ? found : targets).map(({ name }) => name);
  const known = names.length === 0 ? 'there is none' : `there are ${names.join(', ')}`;
  const what =
    which === undefined
      ? 'say which mapping'
      : found.length > 1
        ? `"${which}" has several mappings`
        : `there is no mapping "${which}"${suggestion(which, names)}`;
  throw new ConfigError('CONFIG_USAGE', `${what}; ${known}`, { hint: 'Name a mapping as <system or vendor>/<stream>, such as shop/clients.' });
}
