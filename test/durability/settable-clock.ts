import { readFileSync } from 'node:fs';

// Loaded into a collector before anything else: its wall clock is off by the milliseconds in the file `clock` of the
// folder it was started in, read again at SIGUSR2.

const wall = Date.now;
let offMs = 0;
const read = (): void => {
  offMs = Number(readFileSync('clock', 'utf8'));
};
read();
process.on('SIGUSR2', read);
Date.now = () => wall() + offMs;
