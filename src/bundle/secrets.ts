const SECRET_NAME = /SECRET|PASSWORD|PASSWD|TOKEN|CREDENTIAL|PRIVATE_KEY|API_KEY/i
/** A token of Databricks, a JWT, a private key, an address with a password in it. */
const SECRET_VALUE = /dapi[0-9a-f]{30}|\bey[\w-]{10,}\.[\w-]{10,}\.|-----BEGIN|:\/\/[^/\s:@]+:[^/\s@]+@/

/** Whether what has this name is a secret by its name. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name)
}

/** Whether a text has something in it that nobody should read. */
export function looksSecret(text: string): boolean {
  return SECRET_VALUE.test(text)
}
