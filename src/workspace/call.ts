import type { z } from 'zod'

/** A call of the workspace's API that gave no usable answer. Its message names no host and no token. */
export class WorkspaceError extends Error {
  override readonly name = 'WorkspaceError'
  /** What it answered, if it did. */
  readonly status: number | undefined

  constructor(message: string, details: { readonly status?: number; readonly cause?: unknown } = {}) {
    super(message, { cause: details.cause })
    this.status = details.status
  }

  /** The workspace has said no to this token, or to these credentials. Otherwise it may work later. */
  get refused(): boolean {
    return this.status === 401 || this.status === 403
  }
}

export interface WorkspaceCall<Answer> {
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** The header, with its scheme. */
  readonly authorization: string
  readonly body?: URLSearchParams | object
  /** What is asked for, for messages: `the workspace answered 401 when asked for …`. */
  readonly what: string
  /** What the answer must look like. */
  readonly answer: z.ZodType<Answer>
}

/** Calls the workspace. @throws WorkspaceError */
export type CallWorkspace = <Answer>(call: WorkspaceCall<Answer>) => Promise<Answer>

const CALL_TIMEOUT_MS = 5_000
const MAX_ANSWER_BYTES = 262_144

/** `host` is an origin such as `https://example.cloud.databricks.com`. */
export function createCallWorkspace(host: string): CallWorkspace {
  return async ({ method, path, authorization, body, what, answer }) => {
    const form = body instanceof URLSearchParams
    const request = {
      method,
      headers: {
        authorization,
        accept: 'application/scim+json, application/json',
        ...(body && !form ? { 'content-type': 'application/json' } : {}),
      },
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
      redirect: 'error',
      ...(body ? { body: form ? body : JSON.stringify(body) } : {}),
    } as const
    const { status, text } = await send(new URL(path, host), request)
    if (status < 200 || status > 299) {
      throw new WorkspaceError(`the workspace answered ${status} when asked for ${what}`, { status })
    }
    const parsed = answer.safeParse(parse(text))
    if (!parsed.success)
      throw new WorkspaceError(`the workspace’s answer when asked for ${what} has not the form that it should have`)
    return parsed.data
  }
}

async function send(url: URL, request: RequestInit): Promise<{ status: number; text: string }> {
  try {
    const answer = await fetch(url, request)
    return { status: answer.status, text: await readText(answer) }
  } catch (error) {
    if (error instanceof WorkspaceError) throw error
    throw new WorkspaceError('the workspace can’t be reached', { cause: error })
  }
}

async function readText({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body ?? []) {
    size += chunk.length
    if (size > MAX_ANSWER_BYTES) throw new WorkspaceError('the workspace’s answer is too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // which has the form of no answer
  }
}
