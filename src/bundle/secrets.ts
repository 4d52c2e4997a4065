const SECRET_NAME = /SECRET|PASSWORD|PASSWD|TOKEN|CREDENTIAL|PRIVATE_KEY|API_KEY/i

/** Whether what has this name is a secret by its name. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name)
}
