//! Runs the engine: puts commands in order, makes them durable, applies them, answers.
//!
//! - [`ingress`]: the bounded queues into the shard, and the [`Outlet`] that answers leave by.
//! - [`driver`]: one turn of the crank. Time and disk are its arguments, so that a simulator turns the same crank.
//! - [`replay`]: rebuilds the engine from the log and compares every digest that the log recorded.
//! - [`quarantine`]: sets a logged command aside by its name, while the node is stopped.
//! - [`node`]: the pinned thread around the driver, its start and its end.
//!
//! Deliberately absent: async code, sockets, any betting rule, and a way to answer before a tick is durable.

pub mod config;
mod crew;
pub mod driver;
mod fatal;
pub mod ingress;
mod memory;
pub mod node;
pub mod quarantine;
pub mod replay;
mod stats;

pub use config::{HostConfig, LedgerConfig, LoopConfig};
pub use crew::{Crew, CrewConfig};
pub use engine::{APPLY_VERSION, Mark, TickPlace};
pub use fatal::Fatal;
pub use ingress::{Batch, Full, Ingress, Outlet, Reads, Unavailable};
pub use memory::back_whole;
pub use node::{Node, Started};
pub use stats::Stats;
