/**
 * Folder rules, held by dependency-cruiser. Imports point one way:
 * domain <- platform <- pipelines <- (api | workers | jobs); client, cli and local stand at the side.
 * Every rule's comment says what to do instead. An exception is a line here with its reason.
 */

/** Folders that ship in the image. */
const PRODUCT = "^(api|cli|client|console|domain|jobs|local|pipelines|platform|workers)/";

/** Libraries that open a connection or a file: one adapter each, in platform/. */
const CLIENTS = [
  "^node_modules/(pg|pg-copy-streams|pg-cursor|ioredis|bullmq|kafkajs|sqs-consumer)/",
  "^node_modules/@aws-sdk/",
].join("|");
const FILE_SYSTEM = "^(node:)?fs(/promises)?$";

/** A folder imports only from `allowed` of our own folders (npm and node are judged elsewhere). */
function onlyFrom({ name, folder, allowed, comment }) {
  return {
    name,
    severity: "error",
    comment,
    from: { path: `^${folder}/` },
    to: {
      path: "^(api|bench|cli|client|console|deploy|domain|jobs|local|migrations|pipelines|platform|samples|scripts|test|workers)/",
      pathNot: [`^${folder}/`, ...allowed],
    },
  };
}

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    onlyFrom({
      name: "domain-is-pure",
      folder: "domain",
      allowed: [],
      comment:
        "domain/ imports nothing of ours. Pass what the rule needs as an argument, or move the " +
        "type it needs into domain/.",
    }),
    {
      name: "domain-needs-only-zod-and-big",
      severity: "error",
      comment:
        "domain/ has no I/O and no clock: of npm it may use zod and big.js, of node assert and crypto " +
        "(hashes; oxlint refuses its randomness). " +
        "Put the adapter into platform/ and hand its result in.",
      from: { path: "^domain/" },
      to: {
        dependencyTypesNot: ["local"],
        pathNot: "^(node_modules/(zod|big\\.js|@types/big\\.js)/|(node:)?(assert(/strict)?|crypto)$|domain/)",
      },
    },
    onlyFrom({
      name: "platform-below-pipelines",
      folder: "platform",
      allowed: ["^domain/"],
      comment:
        "platform/ knows outside systems, not flows: it imports domain/ and npm. Turn the " +
        "dependency round: let the pipeline call the adapter, or pass a function in.",
    }),
    onlyFrom({
      name: "pipelines-below-entries",
      folder: "pipelines",
      allowed: ["^domain/", "^platform/"],
      comment:
        "pipelines/ import domain/ and platform/. What api, workers or jobs know comes in as an " +
        "argument or in the flow's context.",
    }),
    {
      name: "flow-by-its-index",
      severity: "error",
      comment:
        "Another flow is used by its index.ts only. Export the function there, or move the shared " +
        "rule to domain/ and the shared adapter to platform/.",
      from: { path: "^pipelines/([^/]+)/" },
      to: { path: "^pipelines/[^/]+/", pathNot: ["^pipelines/$1/", "^pipelines/[^/]+/index\\.ts$"] },
    },
    {
      name: "entries-use-flow-index",
      severity: "error",
      comment:
        "api, workers and jobs call a flow by its index.ts only, never a stage or its SQL. Export " +
        "the function from the flow's index.ts.",
      from: { path: "^(api|workers|jobs)/" },
      to: { path: "^pipelines/[^/]+/", pathNot: "^pipelines/[^/]+/index\\.ts$" },
    },
    onlyFrom({
      name: "api-is-thin",
      folder: "api",
      allowed: ["^domain/", "^platform/", "^pipelines/"],
      comment:
        "api/ never imports workers/, jobs/, cli/ or local/: they are other processes. Put what is " +
        "shared into a pipeline, or enqueue a job through platform/.",
    }),
    onlyFrom({
      name: "workers-are-thin",
      folder: "workers",
      allowed: ["^domain/", "^platform/", "^pipelines/"],
      comment:
        "workers/ call pipelines/. They never import api/, jobs/, cli/ or local/: put what is " +
        "shared into a pipeline.",
    }),
    onlyFrom({
      name: "jobs-are-thin",
      folder: "jobs",
      allowed: ["^domain/", "^platform/", "^pipelines/"],
      comment:
        "jobs/ call pipelines/. They never import api/, workers/, cli/ or local/: put what is " +
        "shared into a pipeline.",
    }),
    {
      name: "domain-types-only",
      severity: "error",
      comment:
        "workers/ and jobs/ use domain/ for types, errors and message schemas; a rule is decided " +
        "in a pipeline. Call the pipeline function that holds the rule.",
      from: { path: "^(workers|jobs)/" },
      to: {
        path: "^domain/",
        pathNot: "^domain/(errors\\.ts$|messages/)",
        dependencyTypesNot: ["type-only"],
      },
    },
    onlyFrom({
      name: "cli-speaks-http",
      folder: "cli",
      allowed: [
        "^client/",
        "^domain/",
        "^platform/(config|context|accessTokens|localInstance|postgres|migrate[A-Za-z]*)\\.ts$",
      ],
      comment:
        "cli/ uses the public HTTP API through client/; of platform/ only the configuration, where " +
        "the local instance is, its signing of tokens, and (for cli/migrate.ts) the database. Add " +
        "a route if the API cannot do it yet.",
    }),
    {
      name: "only-migrate-opens-the-database",
      severity: "error",
      comment: "Commands of the cli use the public HTTP API; only cli/migrate.ts touches the database.",
      from: { path: "^cli/", pathNot: "^cli/migrate[A-Za-z]*\\.ts$" },
      to: { path: "^platform/", pathNot: "^platform/(config|accessTokens|localInstance)\\.ts$" },
    },
    onlyFrom({
      name: "client-is-public",
      folder: "client",
      allowed: ["^domain/"],
      comment:
        "client/ knows the public HTTP API only, and of our code domain/ alone. Add a route if the " +
        "API cannot do it yet.",
    }),
    onlyFrom({
      name: "local-starts-processes",
      folder: "local",
      allowed: ["^client/", "^domain/", "^platform/"],
      comment:
        "local/ supervises processes: it starts the entry points under dist/ by path and never " +
        "imports them. What it shares with them belongs to platform/ or domain/.",
    }),
    onlyFrom({
      name: "console-is-public",
      folder: "console",
      allowed: [
        "^client/(operations|explainOrderLine|answers)\\.ts$",
        "^domain/(movement|importWords|orderStatuses|reportWords)\\.ts$",
      ],
      comment:
        "console/ is a client of the public API in a browser: of client/ it takes types and pure text, of domain/ the " +
        "closed lists of words that the contract has. " +
        "Add a route if the API cannot do it yet.",
    }),
    {
      name: "console-runs-in-browsers",
      severity: "error",
      comment: "console/ is bundled for browsers, small: preact and nothing else of npm or node.",
      from: { path: "^console/" },
      to: { dependencyTypesNot: ["local", "type-only"], pathNot: "^node_modules/preact/" },
    },
    {
      name: "nobody-imports-local",
      severity: "error",
      comment: "local/ is for one machine and not in the image's path. Pass a URL by config instead.",
      from: { path: PRODUCT, pathNot: "^local/" },
      to: { path: "^local/" },
    },
    {
      name: "no-test-code-in-product",
      severity: "error",
      comment: "test/ is not shipped. Move what the product needs to the folder that owns it.",
      from: { path: `${PRODUCT}|^scripts/` },
      to: { path: "^(test|bench)/|\\.test\\.ts$" },
    },
    {
      name: "outside-world-in-platform",
      severity: "error",
      comment:
        "pg, ioredis, bullmq, kafkajs and @aws-sdk are opened in platform/ (and local/) only. " +
        "Take the adapter as an argument; `import type` is fine.",
      from: { path: "^(api|cli|client|console|domain|jobs|pipelines|workers)/" },
      to: { path: CLIENTS, dependencyTypesNot: ["type-only"] },
    },
    {
      name: "files-in-platform",
      severity: "error",
      comment:
        "Files are read and written in platform/ and local/ only (cli/ may read the file that its " +
        "user names). Take a stream or an adapter as an argument; `import type` is fine.",
      from: { path: "^(api|client|console|domain|jobs|pipelines|workers)/" },
      to: { path: FILE_SYSTEM, dependencyTypesNot: ["type-only"] },
    },
    {
      name: "no-circular",
      severity: "error",
      comment:
        "Two files that need each other are one file, or share a third. Type-only imports may point " +
        "back.",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "no-orphans",
      severity: "error",
      comment: "Nobody imports this file and it is no entry point. Use it or delete it.",
      from: {
        orphan: true,
        pathNot: [
          "^(api|workers|jobs|bench)/main\\.ts$",
          "^console/main\\.tsx$",
          "^workers/event-processor/handler\\.ts$",
          "^cli/[^/]+\\.ts$",
          "^local/(start|demo)\\.ts$",
          "^(samples|scripts)/",
          "^test/",
          "^vitest\\.config\\.ts$",
          "\\.d\\.ts$",
        ],
      },
      to: {},
    },
    {
      name: "not-to-unresolvable",
      severity: "error",
      comment: "The import leads nowhere. Mend the path (relative imports carry .ts) or add the package.",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "no-dev-dependencies-in-product",
      severity: "error",
      comment:
        "The image holds production dependencies only. Move the package to `dependencies`, or the " +
        "code to local/ or test/.",
      from: { path: PRODUCT, pathNot: "^local/" },
      to: {
        dependencyTypes: ["npm-dev", "npm-optional"],
        dependencyTypesNot: ["type-only"],
        pathNot: "^node_modules/@types/",
      },
    },
    {
      name: "no-undeclared-packages",
      severity: "error",
      comment: "The package is not in package.json. Add it with an exact version.",
      from: { pathNot: "^node_modules/" },
      to: { dependencyTypes: ["npm-no-pkg", "npm-unknown"] },
    },
    {
      name: "no-deprecated-core",
      severity: "error",
      comment: "Node has deprecated this module. Use what its documentation names.",
      from: {},
      to: { dependencyTypes: ["deprecated"] },
    },
  ],
  options: {
    // Without this, cycles inside packages (pg-pool) are reported as ours.
    doNotFollow: { path: "^node_modules/" },
    // deploy/aws is a package of its own, which may not be installed.
    exclude: { path: "^(dist|coverage|\\.stockline|deploy/aws)/" },
    tsConfig: { fileName: "tsconfig.json" },
    // Sees type-only imports too; they are told apart by dependencyTypes.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default"],
      extensions: [".ts", ".tsx", ".mjs", ".js", ".cjs", ".json", ".d.ts"],
    },
    cache: false,
  },
};
