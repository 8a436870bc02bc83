//! The log on the simulated disk: what it promises, whatever the disk does.

use wal::disk::sim::SimDisk;
use wal::{Log, LogError, LogOptions, Recovered};

mod durable;
mod law;
mod room;
mod torn;

/// Block of the simulated device.
const BLOCK: usize = 512;

/// Number of a tick and its commands.
type Tick = (u64, Vec<u8>);

fn options() -> LogOptions {
    LogOptions {
        cluster: Some(7),
        segment_bytes: 32 << 10,
        frame_bytes_max: 8 << 10,
        frames_in_flight_max: 4,
        ..LogOptions::default()
    }
}

/// Opens the log; what is handed out on the way.
fn try_open(disk: SimDisk, options: LogOptions) -> Result<(Log<SimDisk>, Recovered, Vec<Tick>), LogError> {
    let mut ticks = Vec::new();
    let (log, recovered) = wal::open(disk, options, &mut |frame| {
        ticks.push((frame.header.tick.get(), frame.commands.to_vec()));
        Ok(())
    })?;
    Ok((log, recovered, ticks))
}

fn open(disk: SimDisk) -> (Log<SimDisk>, Recovered, Vec<Tick>) {
    try_open(disk, options()).unwrap_or_else(|error| panic!("{error}"))
}

/// Appends one tick with a command of so many bytes, all of them telling the tick.
fn append(log: &mut Log<SimDisk>, bytes: usize) -> Tick {
    let tick = log.last_tick() + 1;
    let command = vec![tick as u8 | 0x40; bytes];
    let mut frame = log.begin().expect("a buffer is free");
    assert!(bytes == 0 || frame.push(&command));
    log.append(tick, tick * 10, (log.durable_to(), 0)).expect("there is room");
    (tick, command)
}

/// Takes and releases what has become durable.
fn acknowledged(log: &mut Log<SimDisk>) -> Vec<Tick> {
    log.reap().expect("the disk works");
    let mut ticks = Vec::new();
    while let Some(frame) = log.next_durable() {
        ticks.push((frame.tick, log.commands(&frame).to_vec()));
        log.release(frame);
    }
    ticks
}
