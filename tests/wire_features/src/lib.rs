//! Nothing: the tests of this package run with the features of its manifest, one combination at a time.
