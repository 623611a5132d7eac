/**
 * Short names for the server's types. They are generated from its OpenAPI document: only
 * what JSON cannot say (the shapes of an artifact's content) is written by hand.
 */
import type { components } from './schema';

type Schemas = components['schemas'];

export type Alternative = Schemas['Alternative'];
export type Answer = Schemas['AnswerFinal'];
export type AnswerCheck = Schemas['AnswerCheck'];
export type Artifact = Schemas['Artifact'];
export type AuthStatus = Schemas['AuthStatus'];
export type ColumnPolicy = ColumnPrivacy['policy'];
export type ColumnPolicyChange = Schemas['ColumnPolicyChange'];
export type ColumnPrivacy = Schemas['ColumnPrivacy'];
export type ColumnInfo = Schemas['ColumnInfo'];
export type ColumnStatistics = Schemas['ColumnStatistics'];
export type Dataset = Schemas['Dataset'];
export type DatasetDetail = Schemas['DatasetDetail'];
export type DatasetStatistics = Schemas['DatasetStatistics'];
export type ErrorAnalysis = Schemas['ErrorAnalysis'];
export type ErrorBody = Schemas['ErrorBody'];
export type ErrorDetail = Schemas['ErrorDetail'];
export type Execution = Schemas['Execution'];
export type ExecutionPlan = Schemas['ExecutionPlan'];
export type ExecutionResult = Schemas['ExecutionResult'];
export type ExportFormat = 'ipynb' | 'html' | 'pdf';
export type LoadPlan = Schemas['LoadPlan'];
export type PlanChange = Schemas['PlanChange'];
export type ColumnKind = PlanChange['types'][string];
export type ModelChoice = Schemas['ModelChoice'];
export type ModelChoices = Schemas['ModelChoices'];
export type ModelUsage = Schemas['ModelUsage'];
export type Preview = Schemas['Preview'];
export type PreviewPart = Schemas['PreviewPart'];
export type Mark = Schemas['Mark'];
export type PrivacyReport = Schemas['PrivacyReport'];
export type SentRequest = Schemas['SentRequest'];
export type SavedCodes = Schemas['SavedCodes'];
export type SentRequests = Schemas['SentRequests'];
export type RunAccepted = Schemas['RunAccepted'];
export type RunEvent = Schemas['Event'];
export type RunStatus = Schemas['RunStatus'];
export type RunSummary = Schemas['RunSummary'];
export type Session = Schemas['Session'];
export type SessionDetail = Schemas['SessionDetail'];
export type SessionPage = Schemas['SessionPage'];
export type Status = Schemas['Status'];
export type SandboxState = Schemas['SandboxState'];
export type StreamError = Schemas['StreamError'];
export type StreamLine = Schemas['StreamLine'];
export type ClientMessage = Schemas['ClientMessage'];
export type UploadResult = Schemas['UploadResult'];

export interface ITableContent {
  columns: string[];
  rows: unknown[][];
  row_count: number;
}

export interface IImageContent {
  mime: string;
  data: string;
}

export interface IErrorContent {
  name: string;
  value: string;
  traceback: string;
}
