//! The disk of tests and of the simulator.
