import { DEFAULT_PAGE, MAX_PAGE } from './page.ts'

const described = (description: string) => ({ description })

/** What the Relay parts of the schema say of themselves; the same for every domain. */
export const RELAY_DESCRIPTIONS = {
  nodeTypeOptions: described('Anything that has an id across all types.'),
  pageInfoTypeOptions: described('Where a page lies in its list.'),
  idFieldOptions: described('The id across all types.'),
  nodesOnConnection: described('The nodes of all edges, for those who need no cursors.'),
  edgesFieldOptions: described('The nodes of this page, each with its cursor.'),
  pageInfoFieldOptions: described('Where this page lies in its list.'),
  nodeFieldOptions: described('The thing itself.'),
  cursorFieldOptions: described('Where this node lies in its list: pass it as `after` or `before`, as it is.'),
  hasNextPageFieldOptions: described('Whether there is more after this page. With `last`: whether `before` was given.'),
  hasPreviousPageFieldOptions: described(
    'Whether there is more before this page. With `first`: whether `after` was given.',
  ),
  startCursorFieldOptions: described('The cursor of the first node; null on an empty page.'),
  endCursorFieldOptions: described('The cursor of the last node; null on an empty page.'),
  firstArgOptions: described(
    `How many from the start, or after the cursor: up to ${MAX_PAGE}, ${DEFAULT_PAGE} by default.`,
  ),
  afterArgOptions: described('Begin after the node with this cursor. Goes with first.'),
  lastArgOptions: described(`How many up to the end, or before the cursor: up to ${MAX_PAGE}.`),
  beforeArgOptions: described('End before the node with this cursor. Goes with last.'),
  defaultConnectionTypeOptions: described('A page of a list.'),
  defaultEdgeTypeOptions: described('A node of a list, and where it lies there.'),
}
