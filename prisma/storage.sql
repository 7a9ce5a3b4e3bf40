-- What the Prisma schema cannot say. `gen-migration init` puts it behind the tables.

-- A session's row changes with every move and its terms never do: those two lie apart, and the rest has room to change in place.
ALTER TABLE "Session" SET (toast_tuple_target = 1024, fillfactor = 50);
ALTER TABLE "Session" ALTER COLUMN terms SET STORAGE EXTERNAL, ALTER COLUMN "table" SET STORAGE EXTERNAL,
  ALTER COLUMN cells SET STORAGE PLAIN, ALTER COLUMN "callCells" SET STORAGE PLAIN;

-- Of each subject only what is rare: what a session, policy or account was before a re-organisation.
CREATE INDEX "ChainEvent_subject_idx" ON "ChainEvent"(subject, "blockNumber")
  WHERE name NOT IN ('IntentExecuted', 'IntentRejected');

-- An intent's row changes three times, and each change of an indexed column writes all indexes anew: so those that find what is on its way hold nothing else, and pages have room for the change that is not indexed.
ALTER TABLE "Intent" SET (fillfactor = 60);
CREATE INDEX "Intent_queued_idx" ON "Intent"("queuedAt") WHERE status = 'queued';
CREATE INDEX "Intent_open_idx" ON "Intent"("sessionId", status) WHERE status IN ('queued', 'submitted');
CREATE INDEX "Intent_transactionId_idx" ON "Intent"("transactionId") WHERE "transactionId" IS NOT NULL;
CREATE INDEX "Intent_blockNumber_idx" ON "Intent"("blockNumber") WHERE "blockNumber" IS NOT NULL;
