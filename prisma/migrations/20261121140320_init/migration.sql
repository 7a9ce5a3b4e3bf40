-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "IntentStatus" AS ENUM ('queued', 'submitted', 'confirmed', 'reverted', 'rejected');

-- CreateEnum
CREATE TYPE "TransactionPurpose" AS ENUM ('bundle', 'publish', 'revoke', 'pause', 'unpause', 'noop');

-- CreateEnum
CREATE TYPE "TransactionState" AS ENUM ('prepared', 'included', 'failed', 'dropped', 'cancelled');

-- CreateEnum
CREATE TYPE "TaskKind" AS ENUM ('publish', 'revoke', 'pause', 'unpause');

-- CreateEnum
CREATE TYPE "TaskStatus" AS ENUM ('queued', 'submitted', 'done', 'failed');

-- CreateEnum
CREATE TYPE "SessionStatus" AS ENUM ('pending', 'active', 'revoked');

-- CreateEnum
CREATE TYPE "PolicyStatus" AS ENUM ('publishing', 'published', 'failed');

-- CreateTable
CREATE TABLE "AuditEntry" (
    "id" UUID NOT NULL,
    "actorId" UUID NOT NULL,
    "action" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "reason" TEXT,
    "taskId" UUID,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "AuditEntry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "User" (
    "id" UUID NOT NULL,
    "address" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lastLoginAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "User_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "LoginNonce" (
    "nonce" TEXT NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "LoginNonce_pkey" PRIMARY KEY ("nonce")
);

-- CreateTable
CREATE TABLE "MirrorBlock" (
    "number" BIGINT NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "MirrorBlock_pkey" PRIMARY KEY ("number")
);

-- CreateTable
CREATE TABLE "ChainEvent" (
    "blockNumber" BIGINT NOT NULL,
    "blockHash" TEXT NOT NULL,
    "logIndex" INTEGER NOT NULL,
    "txHash" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "args" JSONB,

    CONSTRAINT "ChainEvent_pkey" PRIMARY KEY ("blockNumber","blockHash","logIndex")
);

-- CreateTable
CREATE TABLE "ChainHead" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "number" BIGINT NOT NULL,
    "hash" TEXT NOT NULL,
    "timestamp" BIGINT NOT NULL,
    "aheadSeconds" INTEGER NOT NULL DEFAULT 0,
    "finalNumber" BIGINT NOT NULL DEFAULT -1,
    "seenAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ChainHead_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "MirroredChain" (
    "chainId" INTEGER NOT NULL,
    "firstBlockHash" TEXT NOT NULL,
    "sessionManager" TEXT NOT NULL,

    CONSTRAINT "MirroredChain_pkey" PRIMARY KEY ("chainId")
);

-- CreateTable
CREATE TABLE "Intent" (
    "id" TEXT NOT NULL,
    "sessionId" TEXT NOT NULL,
    "lane" BIGINT NOT NULL,
    "sequence" BIGINT NOT NULL,
    "calls" JSONB NOT NULL,
    "entries" INTEGER[],
    "callGas" INTEGER NOT NULL,
    "shard" INTEGER NOT NULL DEFAULT 0,
    "gas" INTEGER NOT NULL DEFAULT 0,
    "gasCharged" INTEGER NOT NULL DEFAULT 0,
    "traceParent" TEXT,
    "cellCharges" INTEGER[],
    "meterCharges" TEXT[],
    "place" TEXT,
    "expiry" BIGINT NOT NULL,
    "packed" BYTEA,
    "status" "IntentStatus" NOT NULL,
    "suspicion" INTEGER NOT NULL DEFAULT 0,
    "heldUntil" TIMESTAMPTZ(3),
    "reason" TEXT,
    "transactionId" UUID,
    "txHash" TEXT,
    "blockNumber" BIGINT,
    "queuedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "submittedAt" TIMESTAMPTZ(3),
    "settledAt" TIMESTAMPTZ(3),

    CONSTRAINT "Intent_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "RelayTransaction" (
    "id" UUID NOT NULL,
    "signer" TEXT NOT NULL,
    "nonce" INTEGER NOT NULL,
    "slot" TEXT,
    "fence" BIGINT NOT NULL,
    "purpose" "TransactionPurpose" NOT NULL,
    "state" "TransactionState" NOT NULL DEFAULT 'prepared',
    "minedHash" TEXT,
    "blockNumber" BIGINT,
    "gasUsed" BIGINT,
    "gasPriceWei" DECIMAL(39,0),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "RelayTransaction_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "RelayAttempt" (
    "hash" TEXT NOT NULL,
    "transactionId" UUID NOT NULL,
    "raw" TEXT NOT NULL,
    "maxFeePerGas" DECIMAL(39,0) NOT NULL,
    "maxPriorityFeePerGas" DECIMAL(39,0) NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "RelayAttempt_pkey" PRIMARY KEY ("hash")
);

-- CreateTable
CREATE TABLE "RelayTask" (
    "id" UUID NOT NULL,
    "kind" "TaskKind" NOT NULL,
    "subject" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "status" "TaskStatus" NOT NULL DEFAULT 'queued',
    "error" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "transactionId" UUID,
    "txHash" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "settledAt" TIMESTAMPTZ(3),

    CONSTRAINT "RelayTask_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "RelayLease" (
    "name" TEXT NOT NULL,
    "fence" BIGINT NOT NULL DEFAULT 0,
    "holder" TEXT NOT NULL,
    "takenAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "RelayLease_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "RelayKey" (
    "address" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "index" INTEGER NOT NULL,
    "balanceWei" DECIMAL(39,0) NOT NULL,
    "isLow" BOOLEAN NOT NULL,
    "seenAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "RelayKey_pkey" PRIMARY KEY ("address")
);

-- CreateTable
CREATE TABLE "GasBudget" (
    "id" TEXT NOT NULL,
    "limit" BIGINT,
    "day" INTEGER NOT NULL,
    "reserved" BIGINT NOT NULL DEFAULT 0,
    "spent" BIGINT NOT NULL DEFAULT 0,
    "readyMs" DOUBLE PRECISION NOT NULL DEFAULT 0,

    CONSTRAINT "GasBudget_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Account" (
    "address" TEXT NOT NULL,
    "userId" UUID,
    "owner" TEXT NOT NULL,
    "ownerAddress" TEXT,
    "deployedAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lastActivityAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Account_pkey" PRIMARY KEY ("address")
);

-- CreateTable
CREATE TABLE "Session" (
    "id" TEXT NOT NULL,
    "accountAddress" TEXT NOT NULL,
    "policyId" TEXT,
    "keyScheme" TEXT NOT NULL,
    "publicKey" TEXT NOT NULL,
    "epoch" INTEGER NOT NULL,
    "tableHash" TEXT NOT NULL,
    "table" TEXT NOT NULL,
    "terms" JSONB NOT NULL,
    "callCells" INTEGER[],
    "meterIndexes" INTEGER[],
    "validAfter" BIGINT NOT NULL,
    "validUntil" BIGINT NOT NULL,
    "status" "SessionStatus" NOT NULL,
    "cells" INTEGER[] DEFAULT ARRAY[0, 0, 0, 0, 0, 0, 0, 0]::INTEGER[],
    "nextSequence" BIGINT NOT NULL DEFAULT 0,
    "admitVersion" INTEGER NOT NULL DEFAULT 0,
    "sidelinedUntil" TIMESTAMPTZ(3),
    "disagreesSince" TIMESTAMPTZ(3),
    "disagreement" JSONB,
    "activatedAt" TIMESTAMPTZ(3),
    "activatedTxHash" TEXT,
    "revokeRequestedAt" TIMESTAMPTZ(3),
    "revokeRequestedBy" TEXT,
    "revokedAt" TIMESTAMPTZ(3),
    "revokedTxHash" TEXT,
    "revokedBy" TEXT,
    "revokedReason" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lastActivityAt" TIMESTAMPTZ(3),

    CONSTRAINT "Session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "SessionGrant" (
    "sessionId" TEXT NOT NULL,
    "validUntil" BIGINT NOT NULL,
    "deadline" BIGINT NOT NULL,
    "signature" TEXT NOT NULL,
    "batch" JSONB,
    "size" INTEGER NOT NULL,
    "gas" INTEGER NOT NULL,
    "reserve" INTEGER NOT NULL,
    "error" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "SessionGrant_pkey" PRIMARY KEY ("sessionId","validUntil")
);

-- CreateTable
CREATE TABLE "SessionMeter" (
    "sessionId" TEXT NOT NULL,
    "index" INTEGER NOT NULL,
    "total" DECIMAL(39,0) NOT NULL,
    "window" BIGINT NOT NULL,
    "inWindow" DECIMAL(39,0) NOT NULL,

    CONSTRAINT "SessionMeter_pkey" PRIMARY KEY ("sessionId","index")
);

-- CreateTable
CREATE TABLE "SessionLane" (
    "sessionId" TEXT NOT NULL,
    "lane" BIGINT NOT NULL,
    "nextSequence" BIGINT NOT NULL,

    CONSTRAINT "SessionLane_pkey" PRIMARY KEY ("sessionId","lane")
);

-- CreateTable
CREATE TABLE "SessionPlay" (
    "sessionId" TEXT NOT NULL,
    "playSeconds" INTEGER NOT NULL DEFAULT 0,
    "latencyCount" INTEGER NOT NULL DEFAULT 0,
    "latencySumMs" BIGINT NOT NULL DEFAULT 0,
    "latencyMaxMs" INTEGER NOT NULL DEFAULT 0,
    "refusals" JSONB NOT NULL DEFAULT '{}',
    "lastSeenAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "SessionPlay_pkey" PRIMARY KEY ("sessionId")
);

-- CreateTable
CREATE TABLE "Studio" (
    "id" UUID NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "ownerAddress" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Studio_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "StudioMember" (
    "studioId" UUID NOT NULL,
    "userId" UUID NOT NULL,

    CONSTRAINT "StudioMember_pkey" PRIMARY KEY ("studioId","userId")
);

-- CreateTable
CREATE TABLE "Game" (
    "id" UUID NOT NULL,
    "studioId" UUID NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "tagline" TEXT NOT NULL,
    "contract" TEXT NOT NULL,
    "maxDurationSeconds" INTEGER NOT NULL,
    "spendLimits" JSONB NOT NULL DEFAULT '[]',
    "draftRevision" INTEGER NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Game_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "GameAction" (
    "id" UUID NOT NULL,
    "gameId" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "contract" TEXT NOT NULL,
    "signature" TEXT NOT NULL,
    "maxCalls" INTEGER NOT NULL,
    "maxValuePerCall" DECIMAL(39,0) NOT NULL,
    "maxValue" DECIMAL(39,0) NOT NULL,
    "period" INTEGER NOT NULL DEFAULT 0,
    "maxCallsPerPeriod" INTEGER NOT NULL DEFAULT 0,
    "maxValuePerPeriod" DECIMAL(39,0) NOT NULL DEFAULT 0,
    "rules" TEXT[],
    "gasLimit" INTEGER NOT NULL,

    CONSTRAINT "GameAction_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Policy" (
    "id" TEXT NOT NULL,
    "gameId" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "status" "PolicyStatus" NOT NULL,
    "document" JSONB NOT NULL,
    "documentHash" TEXT NOT NULL,
    "termsHash" TEXT NOT NULL,
    "table" TEXT NOT NULL,
    "tableHash" TEXT NOT NULL,
    "ownerAddress" TEXT NOT NULL,
    "revokers" TEXT[],
    "maxDurationSeconds" INTEGER NOT NULL,
    "pausedUntil" BIGINT NOT NULL DEFAULT 0,
    "publishedTxHash" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Policy_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "AuditEntry_subject_idx" ON "AuditEntry"("subject");

-- CreateIndex
CREATE INDEX "AuditEntry_createdAt_idx" ON "AuditEntry"("createdAt");

-- CreateIndex
CREATE UNIQUE INDEX "User_address_key" ON "User"("address");

-- CreateIndex
CREATE INDEX "LoginNonce_expiresAt_idx" ON "LoginNonce"("expiresAt");

-- CreateIndex
CREATE INDEX "Intent_place_idx" ON "Intent"("place");

-- CreateIndex
CREATE INDEX "Intent_sessionId_queuedAt_idx" ON "Intent"("sessionId", "queuedAt");

-- CreateIndex
CREATE UNIQUE INDEX "RelayTransaction_slot_key" ON "RelayTransaction"("slot");

-- CreateIndex
CREATE INDEX "RelayTransaction_signer_nonce_idx" ON "RelayTransaction"("signer", "nonce");

-- CreateIndex
CREATE INDEX "RelayTransaction_state_idx" ON "RelayTransaction"("state");

-- CreateIndex
CREATE INDEX "RelayTransaction_blockNumber_idx" ON "RelayTransaction"("blockNumber");

-- CreateIndex
CREATE INDEX "RelayAttempt_transactionId_idx" ON "RelayAttempt"("transactionId");

-- CreateIndex
CREATE INDEX "RelayTask_status_createdAt_idx" ON "RelayTask"("status", "createdAt");

-- CreateIndex
CREATE INDEX "RelayTask_subject_idx" ON "RelayTask"("subject");

-- CreateIndex
CREATE INDEX "RelayTask_transactionId_idx" ON "RelayTask"("transactionId");

-- CreateIndex
CREATE UNIQUE INDEX "Account_userId_key" ON "Account"("userId");

-- CreateIndex
CREATE INDEX "Account_lastActivityAt_idx" ON "Account"("lastActivityAt" DESC);

-- CreateIndex
CREATE INDEX "Account_ownerAddress_idx" ON "Account"("ownerAddress");

-- CreateIndex
CREATE INDEX "Session_accountAddress_status_idx" ON "Session"("accountAddress", "status");

-- CreateIndex
CREATE INDEX "Session_policyId_status_idx" ON "Session"("policyId", "status");

-- CreateIndex
CREATE INDEX "Session_createdAt_idx" ON "Session"("createdAt");

-- CreateIndex
CREATE INDEX "Session_disagreesSince_idx" ON "Session"("disagreesSince");

-- CreateIndex
CREATE INDEX "Session_sidelinedUntil_idx" ON "Session"("sidelinedUntil");

-- CreateIndex
CREATE UNIQUE INDEX "Studio_slug_key" ON "Studio"("slug");

-- CreateIndex
CREATE UNIQUE INDEX "Game_slug_key" ON "Game"("slug");

-- CreateIndex
CREATE UNIQUE INDEX "GameAction_gameId_contract_signature_key" ON "GameAction"("gameId", "contract", "signature");

-- CreateIndex
CREATE UNIQUE INDEX "Policy_gameId_version_key" ON "Policy"("gameId", "version");

-- AddForeignKey
ALTER TABLE "AuditEntry" ADD CONSTRAINT "AuditEntry_actorId_fkey" FOREIGN KEY ("actorId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Intent" ADD CONSTRAINT "Intent_sessionId_fkey" FOREIGN KEY ("sessionId") REFERENCES "Session"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Intent" ADD CONSTRAINT "Intent_transactionId_fkey" FOREIGN KEY ("transactionId") REFERENCES "RelayTransaction"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RelayAttempt" ADD CONSTRAINT "RelayAttempt_transactionId_fkey" FOREIGN KEY ("transactionId") REFERENCES "RelayTransaction"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RelayTask" ADD CONSTRAINT "RelayTask_transactionId_fkey" FOREIGN KEY ("transactionId") REFERENCES "RelayTransaction"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Account" ADD CONSTRAINT "Account_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Session" ADD CONSTRAINT "Session_accountAddress_fkey" FOREIGN KEY ("accountAddress") REFERENCES "Account"("address") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Session" ADD CONSTRAINT "Session_policyId_fkey" FOREIGN KEY ("policyId") REFERENCES "Policy"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "SessionGrant" ADD CONSTRAINT "SessionGrant_sessionId_fkey" FOREIGN KEY ("sessionId") REFERENCES "Session"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "SessionMeter" ADD CONSTRAINT "SessionMeter_sessionId_fkey" FOREIGN KEY ("sessionId") REFERENCES "Session"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "SessionLane" ADD CONSTRAINT "SessionLane_sessionId_fkey" FOREIGN KEY ("sessionId") REFERENCES "Session"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "SessionPlay" ADD CONSTRAINT "SessionPlay_sessionId_fkey" FOREIGN KEY ("sessionId") REFERENCES "Session"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "StudioMember" ADD CONSTRAINT "StudioMember_studioId_fkey" FOREIGN KEY ("studioId") REFERENCES "Studio"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "StudioMember" ADD CONSTRAINT "StudioMember_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Game" ADD CONSTRAINT "Game_studioId_fkey" FOREIGN KEY ("studioId") REFERENCES "Studio"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "GameAction" ADD CONSTRAINT "GameAction_gameId_fkey" FOREIGN KEY ("gameId") REFERENCES "Game"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Policy" ADD CONSTRAINT "Policy_gameId_fkey" FOREIGN KEY ("gameId") REFERENCES "Game"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

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
