import { Disclosure } from '../ui/disclosure'

/** Rows of a nested message, one per field, in signing order. */
function rowsOf(value: unknown, path: string): [path: string, text: string][] {
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => rowsOf(item, `${path}[${index}]`))
  }
  if (value && typeof value === 'object') {
    return Object.entries(value).flatMap(([key, item]) =>
      rowsOf(item, path ? `${path}.${key}` : key),
    )
  }
  return [[path, String(value)]]
}

type TypedDataViewProps = {
  typedData: { primaryType: string; message: unknown }
}

/** What the wallet will show: every field of the message that gets signed (EIP-712). */
export function TypedDataView({ typedData }: TypedDataViewProps) {
  return (
    <Disclosure summary="What your wallet will show">
      <p className="mb-2 text-[13px] text-parchment-dim">
        A readable message of type{' '}
        <code className="font-mono">{typedData.primaryType}</code>. It moves no
        funds and costs no gas.
      </p>
      <dl className="max-h-56 overflow-auto rounded-lg border border-white/8 bg-basalt-950/70 p-3 font-mono text-xs leading-relaxed">
        {rowsOf(typedData.message, '').map(([path, text]) => (
          <div key={path} className="flex flex-wrap gap-x-2">
            <dt className="text-parchment-faint">{path}</dt>
            <dd className="min-w-0 [overflow-wrap:anywhere]">{text}</dd>
          </div>
        ))}
      </dl>
    </Disclosure>
  )
}
