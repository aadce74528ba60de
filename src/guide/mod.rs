//! Chapters that show how parts of the crate work together; their code runs as tests.

pub mod testing;
