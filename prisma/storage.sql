-- What the Prisma schema cannot say. `gen-migration init` puts it behind the tables.

-- A session's row changes with every move and its terms never do: those two lie apart, and the rest has room to change in place.
ALTER TABLE "Session" SET (toast_tuple_target = 1024, fillfactor = 50);
ALTER TABLE "Session" ALTER COLUMN terms SET STORAGE EXTERNAL, ALTER COLUMN "table" SET STORAGE EXTERNAL,
  ALTER COLUMN cells SET STORAGE PLAIN, ALTER COLUMN "callCells" SET STORAGE PLAIN;

-- Of each subject only what is rare: what a session, policy or account was before a re-organisation.
CREATE INDEX "ChainEvent_subject_idx" ON "ChainEvent"(subject, "blockNumber")
  WHERE name NOT IN ('IntentExecuted', 'IntentRejected');
