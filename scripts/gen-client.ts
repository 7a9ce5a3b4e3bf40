import { generatePrismaClient } from './stack/generate'

/** Generates the Prisma client, which is not committed, unless it is that of the schema already. */
await generatePrismaClient()
