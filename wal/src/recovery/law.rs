//! How a log ends: the law that tells a torn tail from damage.
//!
//! The first bad frame would hold tick *t*. It is *damage* if
//! 1. something outside the log knows that *t* was durable,
//! 2. a frame behind it says that *t* was durable,
//! 3. a frame behind it holds a tick that cannot have been in flight together with *t*, or
//! 4. the bad frame is there from end to end, as a write cut short would not be: a power cut leaves sectors out, and
//!    those are still zero.
//!
//! Otherwise it is the end of the log; and if anything at all lies there or behind, a *torn tail*: writes that were
//! never acknowledged, for the frame of *t* was not durable.
//!
//! Undecidable is damage that looks like a write that never happened, to one of the last K frames, before a mark was
//! written behind it: sectors that turn to zeros, and no later frame that knows of it.

use super::chain::End;
use super::survey::Segment;
use super::window::Window;
use crate::disk::Reader;
use crate::error::{Evidence, LogError};
use crate::frame::{self, FORMAT, Found, FrameHeader, FrameView, SECTOR_BYTES};
use crate::segment::SEGMENT_HEADER_BYTES;

/// The log ends here honestly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    /// The highest epoch seen, also in frames that are cut.
    pub epoch_max: u64,
    /// What lies behind the end, if anything.
    pub remains: Vec<Remains>,
}

/// Bytes behind the end of the log: all that is not zero in a segment lies within.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Remains {
    /// By index.
    pub segment: usize,
    pub from: u64,
    pub to: u64,
}

/// Judges the end of the chain.
pub(super) fn judge<R: Reader>(
    window: &mut Window<R>,
    segments: &[Segment],
    end: &End,
    known_durable_to: u64,
) -> Result<Verdict, LogError> {
    let mut verdict = Verdict { epoch_max: end.head.epoch, remains: Vec::new() };
    let Some(bad) = segments.get(end.bad_segment) else {
        return match known_durable_to {
            0 => Ok(verdict),
            // All segments are gone, the first to begin with.
            _ => Err(LogError::LogMissing { durable_to: known_durable_to }),
        };
    };
    let tick = end.head.tick + 1;
    let damage =
        |evidence| LogError::Damage { file: bad.file.clone(), offset: end.bad_offset, tick, evidence };
    if known_durable_to >= tick {
        return Err(damage(Evidence::KnownElsewhere { durable_to: known_durable_to }));
    }
    let in_flight_max = u64::from(bad.header.frames_in_flight_max.get());
    for (index, segment) in segments.iter().enumerate().skip(end.bad_segment) {
        let is_bad = index == end.bad_segment;
        let from = if is_bad { end.bad_offset } else { SEGMENT_HEADER_BYTES as u64 };
        let remains = scan(window, segment, from, |offset, header, is_whole| {
            if is_bad && offset == end.bad_offset {
                return Ok(());
            }
            verdict.epoch_max = verdict.epoch_max.max(header.epoch.get());
            match evidence(header, tick, in_flight_max, segment.sequence, offset) {
                Some(evidence) if is_whole => Err(damage(evidence)),
                _ => Ok(()),
            }
        })?;
        verdict.remains.extend(remains.map(|(from, to)| Remains { segment: index, from, to }));
    }
    if end.bad_offset < bad.end() && !is_cut_short(window, bad, end.bad_offset)? {
        return Err(damage(Evidence::NotCutShort));
    }
    Ok(verdict)
}

/// What a whole frame behind the bad one tells about tick `t`.
fn evidence(header: &FrameHeader, t: u64, in_flight_max: u64, segment: u64, offset: u64) -> Option<Evidence> {
    let (tick, durable_to) = (header.tick.get(), header.durable_to.get());
    if durable_to >= t {
        Some(Evidence::WasDurable { segment, offset, tick, durable_to })
    } else if tick >= t + in_flight_max {
        Some(Evidence::TooFarAhead { segment, offset, tick, in_flight_max })
    } else {
        None
    }
}

/// Looks at every block of a segment from `from` on. Calls `each` with every header that holds, and whether its body
/// does; returns the range of what is not zero.
fn scan<R: Reader>(
    window: &mut Window<R>,
    segment: &Segment,
    from: u64,
    mut each: impl FnMut(u64, &FrameHeader, bool) -> Result<(), LogError>,
) -> Result<Option<(u64, u64)>, LogError> {
    let block = segment.block_bytes();
    let mut remains: Option<(u64, u64)> = None;
    let (mut offset, mut needed) = (from, block);
    while offset < segment.end() {
        let bytes = window.from(segment, offset, needed)?;
        if frame::is_zero(&bytes[..block as usize]) {
            (offset, needed) = (offset + block, block);
            continue;
        }
        match frame::find(bytes) {
            Found::Longer(bytes) if needed < bytes as u64 && offset + bytes as u64 <= segment.end() => {
                needed = bytes as u64;
                continue;
            }
            Found::Newer(found) => {
                let file = segment.file.clone();
                return Err(LogError::FormatNewer { file, offset, found, known: FORMAT });
            }
            Found::NoBody(header) => each(offset, header, false)?,
            Found::Whole(FrameView { header, .. }) => each(offset, header, true)?,
            Found::Nothing | Found::NoHeader | Found::Longer(_) => {}
        }
        remains = Some((remains.map_or(offset, |(from, _)| from), offset + block));
        (offset, needed) = (offset + block, block);
    }
    Ok(remains)
}

/// Whether the frame at `offset` lacks a sector, as one does whose write was cut short.
fn is_cut_short<R: Reader>(window: &mut Window<R>, segment: &Segment, offset: u64) -> Result<bool, LogError> {
    let bytes = window.from(segment, offset, segment.block_bytes())?;
    let bytes = match frame::find(bytes) {
        // The header's own sector never came to be.
        Found::Nothing => return Ok(true),
        // A sector is written whole or not at all, and this one was not written so.
        Found::NoHeader | Found::Newer(_) => return Ok(false),
        // Nothing is missing; it does not belong here.
        Found::Whole(_) => return Ok(false),
        Found::Longer(bytes) if offset + bytes as u64 > segment.end() => return Ok(false),
        Found::Longer(bytes) => bytes as u64,
        Found::NoBody(header) => header.bytes() as u64,
    };
    let padded = bytes.next_multiple_of(segment.block_bytes());
    let frame = &window.from(segment, offset, padded)?[..padded as usize];
    // It might turn out whole now that all of it is in view.
    let is_whole = matches!(frame::find(frame), Found::Whole(_));
    Ok(!is_whole && frame.chunks(SECTOR_BYTES).any(frame::is_zero))
}
