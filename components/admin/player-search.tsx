import { Search } from 'lucide-react'
import Form from 'next/form'
import { Button } from '../ui/button'
import { InputField } from '../ui/field'

/** Search by address; a plain form, so that it works before the page is alive. */
export function PlayerSearch({ query }: { query: string }) {
  return (
    <Form action="/admin" className="flex gap-2" role="search">
      <div className="min-w-0 flex-1 sm:w-96 sm:flex-none">
        <InputField
          id="player-search"
          label="Search players by address"
          labelHidden
          name="query"
          type="search"
          defaultValue={query}
          placeholder="Account or wallet address"
          spellCheck={false}
        />
      </div>
      <Button type="submit">
        <Search className="size-4" aria-hidden="true" />
        Search
      </Button>
    </Form>
  )
}
