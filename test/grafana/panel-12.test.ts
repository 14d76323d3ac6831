import { panelCases } from './panel-cases.ts';

panelCases('12');
