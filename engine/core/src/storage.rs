//! Where rows lie: pages with copy-on-write cuts, lists and runs of pages, rows that come and go, and the index that finds rows by hash.
//!
//! All `unsafe` code of the engine is below this folder: [`arena`] and [`pages`] own raw memory and [`cpu`] asks the
//! processor for what the language cannot say. Deliberately absent: what a row means.

pub(crate) mod arena;
pub(crate) mod cpu;
pub(crate) mod index;
pub(crate) mod lists;
pub(crate) mod pages;
pub(crate) mod runs;
pub(crate) mod slab;
pub(crate) mod table;
