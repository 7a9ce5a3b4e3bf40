'use client'

import type { PromptTypedData } from './prompt-queue'

type Types = PromptTypedData['types']

/** A value as text; nothing is hidden, long numbers stay exact. */
function toText(value: unknown): string {
  if (typeof value === 'string') return value
  return JSON.stringify(value) ?? String(value)
}

function Field(props: {
  name: string
  type: string
  value: unknown
  types: Types
}) {
  const { name, type, value, types } = props
  const base = type.replace(/\[\d*\]$/, '')
  if (Array.isArray(value)) {
    return (
      <div className="mt-2">
        <dt className="text-parchment-faint">
          {name} ({value.length})
        </dt>
        {value.map((item, index) => (
          <dd
            // The order is what is signed; items have no other identity.
            // biome-ignore lint/suspicious/noArrayIndexKey: fixed order
            key={index}
            className="ml-3"
          >
            <dl>
              <Field
                name={`${index + 1}`}
                type={base}
                value={item}
                types={types}
              />
            </dl>
          </dd>
        ))}
      </div>
    )
  }
  if (types[type] && value && typeof value === 'object') {
    return (
      <div className="mt-2">
        <dt className="text-parchment-faint">{name}</dt>
        <dd className="ml-2 border-basalt-700 border-l pl-3">
          <TypedFields
            type={type}
            value={value as Record<string, unknown>}
            types={types}
          />
        </dd>
      </div>
    )
  }
  return (
    <div className="flex flex-wrap gap-x-2">
      <dt className="text-parchment-faint">{name}</dt>
      <dd className="min-w-0 [overflow-wrap:anywhere]">{toText(value)}</dd>
    </div>
  )
}

function TypedFields(props: {
  type: string
  value: Record<string, unknown>
  types: Types
}) {
  const { type, value, types } = props
  return (
    <dl>
      {(types[type] ?? []).map((field) => (
        <Field
          key={field.name}
          name={field.name}
          type={field.type}
          value={value[field.name]}
          types={types}
        />
      ))}
    </dl>
  )
}

/** Typed data (EIP-712) field by field, nested as it is signed. */
export function TypedDataFields({ data }: { data: PromptTypedData }) {
  return (
    <div className="font-mono text-xs leading-relaxed">
      <p className="mb-2 text-parchment-dim">
        {data.primaryType} for {toText(data.domain.name)}, chain{' '}
        {toText(data.domain.chainId)}
      </p>
      <TypedFields
        type={data.primaryType}
        value={data.message}
        types={data.types}
      />
    </div>
  )
}
