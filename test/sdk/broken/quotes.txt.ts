import { graphql } from 'x'
export const a = graphql('query quoted { a }')
