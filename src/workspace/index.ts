export { type CallWorkspace, createCallWorkspace, WorkspaceError } from './call.ts'
export { createWorkspace, type Principal, type Secret, type ServicePrincipal, type Workspace } from './workspace.ts'
