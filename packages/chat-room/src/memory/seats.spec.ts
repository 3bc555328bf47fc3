import { seatOf } from './seats.js';

const SERVER = 'https://chat.example';

describe('seatOf', () => {
  it('tells elements of one server apart, by their ids or by their turns', () => {
    const [first, second, named] = ['', '', 'support'].map((id) => ({ id, isConnected: true }));
    const seats = [first, second, named].map((element) => seatOf(element!, SERVER));
    expect(seats).toEqual([SERVER, `${SERVER} 1`, `${SERVER} #support`]);
    expect(seatOf(second!, SERVER)).toBe(seats[1]);
    expect(seatOf({ id: '', isConnected: true }, 'https://other.example')).toBe('https://other.example');
  });

  it('gives the seat of one that has gone to the next', () => {
    const gone = { id: 'gone', isConnected: true };
    const seat = seatOf(gone, SERVER);
    gone.isConnected = false;
    expect(seatOf({ id: 'gone', isConnected: true }, SERVER)).toBe(seat);
  });
});
