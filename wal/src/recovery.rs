//! Opening a log: what survived is handed out, how it ends is judged, and a new epoch begins.
//!
//! `survey` reads the headers of all segments; `chain` follows the frames to the first that does not continue, on a
//! thread of its own; `law` judges what lies there and behind it: the end, a torn tail, or damage. A torn tail is
//! kept aside and zeroed. Nothing is changed before the verdict.
//!
//! Deliberately absent: a repair of damage. What was acknowledged and cannot be read has to come from a copy.

use crate::disk::{Disk, Pages, Reader};
use crate::error::{LogError, ReplayStop};
use crate::frame::FrameView;
use crate::log::{Head, Log, Place};
use crate::options::LogOptions;
use crate::segment::Measures;

mod chain;
mod law;
mod read;
mod survey;
mod window;

use chain::End;
use law::Remains;
pub use read::{Held, read};
use survey::Segment;

/// Smallest piece that every disk reads.
const PAGE_BYTES: u64 = 4096;

/// What was found and done when a log was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovered {
    /// Number of the last surviving tick; zero in a fresh log.
    pub tick: u64,
    /// Its time, in nanoseconds since 1970.
    pub time: u64,
    /// Ticks handed out.
    pub ticks: u64,
    /// Commands in them.
    pub commands: u64,
    /// Bytes of the frames that survived, padding included.
    pub bytes: u64,
    /// Segments found.
    pub segments: u64,
    /// The epoch that this run writes.
    pub epoch: u64,
    /// What was cut, if anything.
    pub torn: Option<TornTail>,
}

/// The tail of a log that a power cut left unfinished: nothing in it was ever acknowledged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TornTail {
    /// The file in which it began.
    pub file: String,
    /// Where in it.
    pub offset: u64,
    /// The first tick that is not part of the log any more.
    pub tick: u64,
    /// Files that keep what was cut.
    pub kept: Vec<String>,
}

/// Opens a log. Every surviving tick is handed to `on_tick`, in order and verified; then the log is ready to go on.
///
/// An empty directory becomes a fresh log of `options.cluster`. Reading and verifying run on a second thread, ahead of
/// `on_tick`. On an error nothing was changed, unless the error is of the disk itself.
pub fn open<D: Disk>(
    mut disk: D,
    options: LogOptions,
    on_tick: &mut dyn FnMut(FrameView<'_>) -> Result<(), ReplayStop>,
) -> Result<(Log<D>, Recovered), LogError> {
    options.check()?;
    let trouble = |disk: &D, action| {
        let file = disk.file(1);
        move |source| LogError::Disk { action, file, source }
    };
    let allocated = disk.allocate(options.frames_in_flight_max, options.frame_bytes_max);
    allocated.map_err(trouble(&disk, "set up writing to"))?;
    let sequences = disk.segments();
    let sequences = sequences.map_err(trouble(&disk, "list the directory of"))?;
    let segments = survey::survey(&disk, &sequences, options.cluster)?;
    let cluster = match segments.first() {
        Some(first) => first.header.cluster.get(),
        None => options.cluster.ok_or(LogError::ClusterMissing)?,
    };
    let (end, verdict) = chain::replay(disk.reader(), &segments, options.known_durable_to, on_tick)?;

    let torn = cut(&mut disk, &segments, &end, &verdict.remains)?;
    for segment in &segments {
        let synced = disk.sync(segment.sequence);
        synced.map_err(|source| LogError::Disk { action: "sync", file: segment.file.clone(), source })?;
    }
    let measures = Measures {
        cluster,
        block_bytes: disk.block_bytes() as u32,
        segment_bytes: options.segment_bytes,
        frames_in_flight_max: options.frames_in_flight_max as u32,
        frame_bytes_max: options.frame_bytes_max as u32,
    };
    let place = settle(&mut disk, &segments, &end, &measures)?;
    let recovered = Recovered {
        tick: end.head.tick,
        time: end.head.time,
        ticks: end.ticks,
        commands: end.commands,
        bytes: end.bytes,
        segments: segments.len() as u64,
        epoch: verdict.epoch_max + 1,
        torn,
    };
    let mut log = Log::resume(disk, &options, measures, end.head, place);
    log.prepare();
    begin_epoch(&mut log, Head { epoch: recovered.epoch, ..end.head })?;
    Ok((log, recovered))
}

/// Writes the epoch frame, alone: from its completion on, frames that were cut are of a lower epoch than the log's
/// end, so that a disk that brings them back cannot continue the log with them.
fn begin_epoch<D: Disk>(log: &mut Log<D>, head: Head) -> Result<(), LogError> {
    log.mark(head)?;
    while log.in_flight() > 0 {
        log.wait(None)?;
        log.reap()?;
    }
    let tick = log.next_durable();
    assert!(tick.is_none(), "a mark is not handed out");
    Ok(())
}

/// Where the log goes on. Segments made ahead by a run with other measures are removed: they are all zeros.
fn settle<D: Disk>(
    disk: &mut D,
    segments: &[Segment],
    end: &End,
    measures: &Measures,
) -> Result<Place, LogError> {
    let last = end.last_segment;
    for unused in segments.get(last + 1..).unwrap_or_default() {
        if unused.header.measures() != *measures {
            let removed = disk.remove(unused.sequence);
            removed.map_err(|source| LogError::Disk {
                action: "remove",
                file: unused.file.clone(),
                source,
            })?;
        }
    }
    let Some(segment) = segments.get(last) else { return Ok(Place { segment: 0, offset: 0, end: 0 }) };
    let is_fit = segment.header.measures() == *measures;
    // A segment with another K or block cannot be gone on with: its header would say what is not so.
    let room = if is_fit { measures.segment_bytes } else { 0 };
    Ok(Place { segment: segment.sequence, offset: end.last_offset, end: room })
}

/// Keeps a torn tail aside, then zeros it.
fn cut<D: Disk>(
    disk: &mut D,
    segments: &[Segment],
    end: &End,
    remains: &[Remains],
) -> Result<Option<TornTail>, LogError> {
    let (Some(first), Some(bad)) = (remains.first(), segments.get(end.bad_segment)) else { return Ok(None) };
    debug_assert!(first.segment >= end.bad_segment);
    let mut torn = TornTail {
        file: bad.file.clone(),
        offset: end.bad_offset,
        tick: end.head.tick + 1,
        kept: Vec::new(),
    };
    let mut reader = disk.reader();
    for &Remains { segment, from, to } in remains {
        let Segment { sequence, file, .. } = &segments[segment];
        let trouble = |action| move |source| LogError::Disk { action, file: file.clone(), source };
        let start = from / PAGE_BYTES * PAGE_BYTES;
        let mut pages = Pages::new((to - start) as usize);
        let bytes = pages.len();
        reader.read(*sequence, start, &mut pages[..bytes]).map_err(trouble("read"))?;
        let bytes = &pages[(from - start) as usize..(to - start) as usize];
        let name = format!("torn-tick-{}-segment-{sequence}-offset-{from}", torn.tick);
        torn.kept.push(disk.keep_aside(&name, bytes).map_err(trouble("keep the torn tail of"))?);
    }
    for &Remains { segment, from, to } in remains {
        let Segment { sequence, file, .. } = &segments[segment];
        let zeroed = disk.zero(*sequence, from, to);
        zeroed.map_err(|source| LogError::Disk {
            action: "zero the torn tail of",
            file: file.clone(),
            source,
        })?;
    }
    Ok(Some(torn))
}
