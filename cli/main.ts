#!/usr/bin/env node
import packageJson from '../package.json' with { type: 'json' }
import { NOT_CHECKED } from './cli-error.ts'
import { runCommand, type CommandGroup } from './command.ts'
import { adminCreate } from './commands/admin-create.ts'
import { adminReset } from './commands/admin-reset.ts'
import { areaImport } from './commands/area-import.ts'
import { areaPut } from './commands/area-put.ts'
import { audit } from './commands/audit.ts'
import { deviceCommit } from './commands/device-commit.ts'
import { deviceEnrol } from './commands/device-enrol.ts'
import { deviceEvents } from './commands/device-event.ts'
import { deviceProvision } from './commands/device-provision.ts'
import { deviceSettingsSign } from './commands/device-settings-sign.ts'
import { deviceSimulate } from './commands/device-simulate.ts'
import { firmwarePublish } from './commands/firmware-publish.ts'
import { firmwareSign } from './commands/firmware-sign.ts'
import { mirror } from './commands/mirror.ts'
import { receipt } from './commands/receipt.ts'
import { verify } from './commands/verify.ts'
import { terminalOver } from './terminal.ts'

const gridwitness: CommandGroup = {
  summary: 'See when the power was on, and prove it. Version: gridwitness --version',
  commands: {
    verify,
    receipt,
    audit,
    mirror,
    device: {
      summary: 'enrol devices and record what happens to them',
      commands: {
        enrol: deviceEnrol,
        commit: deviceCommit,
        provision: deviceProvision,
        settings: {
          summary: 'what a device is told about itself, signed by its operator',
          commands: { sign: deviceSettingsSign },
        },
        simulate: deviceSimulate,
        ...deviceEvents,
      },
    },
    firmware: {
      summary: 'images that devices load from the portal',
      commands: { sign: firmwareSign, publish: firmwarePublish },
    },
    admin: {
      summary: 'the people who run the portal',
      commands: { create: adminCreate, reset: adminReset },
    },
    area: {
      summary: 'the areas devices belong to',
      commands: { put: areaPut, import: areaImport },
    },
  },
}

// A reader that has seen enough (`| head`) closes the pipe: nobody is left to tell.
process.stdout.on('error', () => process.exit(NOT_CHECKED))

const args = process.argv.slice(2)
const terminal = terminalOver(process.stdout, process.stderr, process.stdin, process.env)
if (args[0] === '--version') terminal.out(`gridwitness ${packageJson.version}`)
else process.exitCode = await runCommand(gridwitness, args, terminal)
