import { clsx } from 'clsx'
import type { ComponentProps, ReactNode } from 'react'

const control =
  'w-full rounded-[10px] border border-basalt-500 bg-basalt-950/70 px-3 text-sm text-parchment placeholder:text-parchment-faint/80 transition-colors hover:border-parchment-faint focus-visible:border-torch focus-visible:outline-1 focus-visible:outline-offset-0 disabled:opacity-60 aria-invalid:border-blood'

type Shell = {
  label: string
  hint?: ReactNode
  error?: string | null | undefined
  /** Keeps the label for screen readers only. */
  labelHidden?: boolean
}

type FieldShellProps = Shell & { id: string; children: ReactNode }

function FieldShell(props: FieldShellProps) {
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <label
        htmlFor={props.id}
        className={clsx(
          'font-medium text-[13px] text-parchment-dim',
          props.labelHidden && 'sr-only',
        )}
      >
        {props.label}
      </label>
      {props.children}
      {props.error ? (
        <p id={`${props.id}-note`} className="text-[13px] text-blood">
          {props.error}
        </p>
      ) : (
        props.hint && (
          <p
            id={`${props.id}-note`}
            className="text-[13px] text-parchment-faint"
          >
            {props.hint}
          </p>
        )
      )}
    </div>
  )
}

const described = (props: Shell & { id: string }) => ({
  'aria-invalid': props.error ? true : undefined,
  'aria-describedby':
    props.error || props.hint ? `${props.id}-note` : undefined,
})

type InputProps = Shell & ComponentProps<'input'> & { id: string }

/** Labelled text input. */
export function InputField(props: InputProps) {
  const { label, hint, error, labelHidden = false, className, ...rest } = props
  return (
    <FieldShell {...{ label, hint, error, labelHidden }} id={props.id}>
      <input
        {...rest}
        {...described(props)}
        className={clsx(control, 'h-10', className)}
      />
    </FieldShell>
  )
}

type TextareaProps = Shell & ComponentProps<'textarea'> & { id: string }

/** Labelled multi-line input. */
export function TextareaField(props: TextareaProps) {
  const { label, hint, error, labelHidden = false, className, ...rest } = props
  return (
    <FieldShell {...{ label, hint, error, labelHidden }} id={props.id}>
      <textarea
        {...rest}
        {...described(props)}
        className={clsx(control, 'min-h-20 py-2 leading-relaxed', className)}
      />
    </FieldShell>
  )
}

type SelectProps = Shell & ComponentProps<'select'> & { id: string }

/** Labelled native select. */
export function SelectField(props: SelectProps) {
  const { label, hint, error, labelHidden = false, className, ...rest } = props
  return (
    <FieldShell {...{ label, hint, error, labelHidden }} id={props.id}>
      <select
        {...rest}
        {...described(props)}
        className={clsx(control, 'h-10', className)}
      />
    </FieldShell>
  )
}
