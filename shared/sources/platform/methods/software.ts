/**
 * Code on its way into service, and what starts it. Sources: google/cloud/run/v2, google/cloud/functions/{v1,v2},
 * google/devtools/cloudbuild/v1, google/cloud/scheduler/v1, google/cloud/workflows,
 * https://docs.cloud.google.com/artifact-registry/docs/audit-logging (method names of Docker calls not captured).
 */
import type { ServiceMethods } from '../../../audit/methods.ts';

export type SoftwareReader = 'run' | 'function' | 'build' | 'artifact' | 'schedule' | 'workflow' | 'trigger';

export const SOFTWARE_METHODS: readonly ServiceMethods<SoftwareReader>[] = [
  {
    services: ['run.googleapis.com'],
    by: 'rpc',
    lines: [
      ['CreateService ReplaceService UpdateService DeleteService DeleteRevision', 'deploy', 'run'],
      ['CreateJob ReplaceJob UpdateJob DeleteJob', 'deploy', 'run'],
      ['CreateWorkerPool ReplaceWorkerPool UpdateWorkerPool DeleteWorkerPool', 'deploy', 'run'],
      ['RunJob CancelExecution DeleteExecution', 'workload.change', 'run'],
      ['CreateDomainMapping DeleteDomainMapping', 'network.change'],
    ],
  },
  {
    services: ['cloudfunctions.googleapis.com'],
    by: 'rpc',
    lines: [
      ['CreateFunction UpdateFunction DeleteFunction', 'deploy', 'function'],
      ['CallFunction', 'workload.change', 'function'],
      // Signed URLs to a function's source.
      ['GenerateUploadUrl GenerateDownloadUrl', 'credential.mint', 'function'],
    ],
  },
  {
    services: ['cloudbuild.googleapis.com'],
    by: 'rpc',
    lines: [
      ['CreateBuild RetryBuild CancelBuild', 'artifact.change', 'build'],
      ['ApproveBuild', 'grant.approve', 'build'],
      ['RunBuildTrigger', 'artifact.change', 'build'],
      ['CreateBuildTrigger UpdateBuildTrigger DeleteBuildTrigger', 'schedule.change', 'build'],
      ['CreateWorkerPool UpdateWorkerPool DeleteWorkerPool', 'compute.change'],
    ],
  },
  {
    services: ['artifactregistry.googleapis.com'],
    by: 'rpc',
    lines: [
      ['CreateRepository UpdateRepository DeleteRepository', 'artifact.change', 'artifact'],
      ['DeletePackage DeleteVersion BatchDeleteVersions DeleteFile', 'artifact.change', 'artifact'],
      ['CreateTag UpdateTag DeleteTag', 'artifact.change', 'artifact'],
      ['ImportAptArtifacts ImportYumArtifacts UploadArtifact', 'artifact.change', 'artifact'],
      [
        'Docker-StartUpload Docker-FinishUpload Docker-PutManifest Docker-DeleteManifest',
        'artifact.change',
        'artifact',
      ],
      [
        'Docker-GetManifest Docker-HeadManifest Docker-GetBlob Docker-HeadBlob Docker-GetTags',
        'metadata.read',
        'artifact',
      ],
      ['UpdateProjectSettings', 'policy.change'],
    ],
  },
  {
    // What Data Lineage is told of runs; what they read and wrote is not in the entry.
    services: ['datalineage.googleapis.com'],
    by: 'rpc',
    lines: [
      ['ProcessOpenLineageRunEvent', 'telemetry.write'],
      ['CreateProcess UpdateProcess CreateRun UpdateRun CreateLineageEvent', 'telemetry.write'],
      ['DeleteProcess DeleteRun DeleteLineageEvent', 'data.delete'],
    ],
  },
  {
    services: ['deploymentmanager.googleapis.com'],
    by: 'collection',
    lines: [['deployments.*', 'deploy']],
  },
  {
    services: ['cloudscheduler.googleapis.com'],
    by: 'rpc',
    lines: [
      ['CreateJob UpdateJob DeleteJob PauseJob ResumeJob', 'schedule.change', 'schedule'],
      ['RunJob', 'workflow.run', 'schedule'],
    ],
  },
  {
    services: ['workflows.googleapis.com', 'workflowexecutions.googleapis.com'],
    by: 'rpc',
    lines: [
      ['CreateWorkflow UpdateWorkflow DeleteWorkflow', 'template.change', 'workflow'],
      ['CreateExecution TriggerPubsubExecution', 'workflow.run', 'workflow'],
      ['CancelExecution', 'job.cancel', 'workflow'],
    ],
  },
  {
    services: ['eventarc.googleapis.com'],
    by: 'rpc',
    lines: [['CreateTrigger UpdateTrigger DeleteTrigger', 'schedule.change', 'trigger']],
  },
  {
    services: ['composer.googleapis.com'],
    by: 'rpc',
    lines: [
      ['CreateEnvironment UpdateEnvironment DeleteEnvironment RestartWebServer', 'compute.change'],
      ['ExecuteAirflowCommand StopAirflowCommand PollAirflowCommand', 'exec.interactive'],
    ],
  },
];
