import { Author } from './author';

/** An author who is muted and banned, and keeps trying. */
export class Suspect extends Author {
  protected override act(): number {
    super.act(1);
    return 5;
  }
}
