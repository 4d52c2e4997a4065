-- asks whether it is an operator: operator
/* viewer.isOperator */ select lakebase_graphql.is_operator();
