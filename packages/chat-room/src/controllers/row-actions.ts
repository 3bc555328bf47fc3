import type { Message, RowAction, RowActions } from '../api.js';
import type { Texts } from '../texts/de.js';
import type { Permissions } from './permissions.js';

/** Owns the actions offered for a message, and the confirmation of a deletion. */
export class RowActionList {
  /** The message whose deletion awaits confirmation. */
  private doubted: number | undefined;

  constructor(private readonly permissions: Permissions) {}

  of(message: Message, canWrite: boolean, more: RowActions | undefined, texts: Texts): readonly RowAction[] {
    const { permissions } = this;
    const isThere = message.deletedAt === undefined;
    const context = { isOwn: permissions.isOwn(message), canModerate: permissions.canModerate };
    const offered = [
      isThere && canWrite && { name: 'reply', label: texts.reply },
      isThere && Boolean(navigator.clipboard) && { name: 'copy', label: texts.copy },
      permissions.canEdit(message) && { name: 'edit', label: texts.edit },
      permissions.canDelete(message) && {
        name: 'delete',
        label: this.doubted === message.id ? texts.reallyRemove : texts.remove,
      },
      ...(more?.(message, context) ?? []),
    ];
    return offered.filter((action) => action !== false);
  }

  /** @returns whether the deletion is confirmed; if not, the confirmation is shown now */
  confirms(id: number): boolean {
    const isConfirmed = this.doubted === id;
    this.doubted = isConfirmed ? undefined : id;
    return isConfirmed;
  }

  /** Another action cancels the confirmation. */
  forget(): void {
    this.doubted = undefined;
  }
}
