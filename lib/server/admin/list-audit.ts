import type { Address, Hex } from 'viem'
import type { Actor } from '@/lib/auth/roles'
import type { AuditRow, Page } from '@/lib/session/admin-view'
import { getDatabase, type Prisma } from '../db/database'
import { pageNumber } from './page-number'
import { requireAdminRole } from './require-admin-role'

const PAGE_SIZE = 50
const COUNT_MAX = 10_000

/** The audit log, newest first. @throws PlaykeyError `not_found` unless the actor is an admin */
export async function listAudit(
  actor: Actor,
  input: { page?: number | undefined } = {},
): Promise<Page<AuditRow>> {
  requireAdminRole(actor)
  const page = pageNumber(input.page)
  const [items, total] = await Promise.all([
    findAuditRows({}, PAGE_SIZE + 1, (page - 1) * PAGE_SIZE),
    getDatabase().prisma.auditEntry.count({ take: COUNT_MAX }),
  ])
  return {
    items: items.slice(0, PAGE_SIZE),
    page,
    pageSize: PAGE_SIZE,
    total,
    hasNext: items.length > PAGE_SIZE,
  }
}

/** Lines of the audit log, newest first, with the state of the work on chain that they caused. */
export async function findAuditRows(
  where: Prisma.AuditEntryWhereInput,
  take: number,
  skip = 0,
): Promise<AuditRow[]> {
  const { prisma } = getDatabase()
  const entries = await prisma.auditEntry.findMany({
    where,
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take,
    skip,
    include: { actor: { select: { address: true } } },
  })
  const taskIds = entries.flatMap(({ taskId }) => (taskId ? [taskId] : []))
  const [tasks, sessions] = await Promise.all([
    prisma.relayTask.findMany({
      where: { id: { in: taskIds } },
      select: { id: true, status: true, txHash: true },
    }),
    prisma.session.findMany({
      where: { id: { in: entries.map(({ subject }) => subject) } },
      select: { id: true, accountAddress: true },
    }),
  ])
  return entries.map((entry) => {
    const task = tasks.find(({ id }) => id === entry.taskId)
    const session = sessions.find(({ id }) => id === entry.subject)
    return {
      id: entry.id,
      actorAddress: entry.actor.address as Address,
      action: entry.action,
      subject: entry.subject,
      account: (session?.accountAddress as Address | undefined) ?? null,
      reason: entry.reason,
      status: task?.status ?? null,
      txHash: (task?.txHash as Hex | null | undefined) ?? null,
      createdAt: entry.createdAt.toISOString(),
    }
  })
}
