import { fileBlocks } from '../../../collector/receivers/file-blocks.ts';
import { LineSplitter } from '../../../collector/receivers/lines.ts';

/* The least that can be done to a log: `node split-lines.ts FILE` unpacks it and finds where its lines end. */

const [path = ''] = process.argv.slice(2);
let lines = 0;
const splitter = new LineSplitter(1 << 20, {
  record: () => {
    lines++;
    return true;
  },
  refuse: (reason) => {
    throw new Error(`a line of the load is refused: ${reason}`);
  },
});
for await (const block of fileBlocks(path)) splitter.write(block, 0, block.length);
splitter.end();
console.log(lines);
