/** Whether a missing index of this name is made when it is written to, by the setting `action.auto_create_index`. */
export function isAutoCreated(setting: string, index: string): boolean {
  if (setting === 'true' || setting === '') return true;
  if (setting === 'false') return false;
  for (const part of setting.split(',')) {
    const pattern = part.trim();
    const refuses = pattern.startsWith('-');
    if (matches(pattern.replace(/^[-+]/, ''), index)) return !refuses;
  }
  return false;
}

function matches(pattern: string, name: string): boolean {
  const pieces = pattern.split('*');
  const [first = '', ...others] = pieces;
  const last = others.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first)) return false;
  let from = first.length;
  for (const piece of others) {
    const at = name.indexOf(piece, from);
    if (at === -1) return false;
    from = at + piece.length;
  }
  return name.length - last.length >= from && name.endsWith(last);
}
