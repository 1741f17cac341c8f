#!/usr/bin/env node
// Package managers link this file at installation, before the package is built.
import '../dist/bin.js';
