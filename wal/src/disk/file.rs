//! The real disk: a directory of segments, written the best way that works there.

use std::fs::{File, OpenOptions};
use std::io;
use std::marker::PhantomData;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::Duration;

use super::aligned::Buffers;
use super::blank::Blanks;
use super::blocking::Blocking;
use super::directory::{Directory, FileReader};
use super::uring::Uring;
use super::{Completion, Disk, Preparation, Waker, Write};
use crate::error::LogError;
use crate::segment::SegmentHeader;

const ZERO_PIECE_BYTES: usize = 1 << 20;

/// How frames are to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Preference {
    /// io_uring where it works, else `pwritev2`.
    #[default]
    Best,
    /// io_uring, or an error.
    Uring,
    /// `pwritev2`.
    Blocking,
}

/// A directory of segments, locked for as long as this lives. It stays on the thread that opened it.
pub struct FileDisk {
    writer: Writer,
    why: String,
    preference: Preference,
    open: OpenFiles,
    blanks: Blanks,
    directory: Directory,
    _lock: File,
    /// The ring is used by the thread that made it, and by no other.
    _is_not_send: PhantomData<*const ()>,
}

enum Writer {
    /// Before the buffers are made.
    None,
    Uring(Box<Uring>),
    Blocking(Blocking),
}

/// Files written to lately: the current segment, and the one before it.
#[derive(Default)]
struct OpenFiles(Vec<(u64, File)>);

impl FileDisk {
    /// Opens a directory, made if need be. Fails if another process has it open, or if not even a plain durable write
    /// works there. Which way of writing is chosen shows once the log is open, by [`Disk::name`] and [`Disk::why`].
    pub fn open(path: &Path, preference: Preference) -> Result<FileDisk, LogError> {
        let (directory, lock) = Directory::open(path)?;
        let blanks = Blanks::new(directory.clone()).map_err(|source| LogError::Disk {
            action: "start the thread that makes segments in",
            file: path.display().to_string(),
            source,
        })?;
        Ok(FileDisk {
            writer: Writer::None,
            why: "the log is not open yet".to_owned(),
            preference,
            open: OpenFiles::default(),
            blanks,
            directory,
            _lock: lock,
            _is_not_send: PhantomData,
        })
    }

    fn try_uring(&self, count: usize, bytes: usize) -> Result<Uring, super::uring::NoUring> {
        let trial = self.directory.probe(self.directory.is_direct).map_err(super::uring::NoUring::Trial)?;
        Uring::new(Buffers::new(count, bytes), &trial, self.directory.block_bytes)
    }

    fn buffers(&self) -> &Buffers {
        match &self.writer {
            Writer::None => panic!("allocate the buffers before using them"),
            Writer::Uring(uring) => uring.buffers(),
            Writer::Blocking(blocking) => blocking.buffers(),
        }
    }
}

impl Disk for FileDisk {
    type Reader = FileReader;

    fn name(&self) -> &'static str {
        match (&self.writer, self.directory.is_direct) {
            (Writer::None, _) => "none",
            (Writer::Uring(_), true) => "io_uring",
            (Writer::Uring(_), false) => "io_uring, page cache",
            (Writer::Blocking(_), true) => "pwritev2",
            (Writer::Blocking(_), false) => "pwritev2, page cache",
        }
    }

    fn why(&self) -> &str {
        &self.why
    }

    fn block_bytes(&self) -> usize {
        self.directory.block_bytes
    }

    fn allocate(&mut self, count: usize, bytes: usize) -> io::Result<()> {
        let blocking = |_| Ok::<_, io::Error>(Writer::Blocking(Blocking::new(Buffers::new(count, bytes))?));
        let (writer, why) = match self.preference {
            Preference::Blocking => (blocking(())?, "it was asked for".to_owned()),
            preference => match self.try_uring(count, bytes) {
                Ok(uring) => (Writer::Uring(Box::new(uring)), "a durable trial write worked".to_owned()),
                Err(reason) if preference == Preference::Best => {
                    (blocking(())?, format!("io_uring does not work here: {reason}"))
                }
                Err(reason) => return Err(io::Error::other(reason)),
            },
        };
        let is_direct = self.directory.is_direct;
        let cache = if is_direct { "" } else { "; the file system refuses direct IO" };
        (self.writer, self.why) = (writer, why + cache);
        Ok(())
    }

    fn buffer(&self, index: usize) -> &[u8] {
        self.buffers().get(index)
    }

    fn buffer_mut(&mut self, index: usize) -> &mut [u8] {
        match &mut self.writer {
            Writer::None => panic!("allocate the buffers before using them"),
            Writer::Uring(uring) => uring.buffers_mut().get_mut(index),
            Writer::Blocking(blocking) => blocking.buffers_mut().get_mut(index),
        }
    }

    fn write(&mut self, write: Write) {
        self.blanks.used(write.offset + write.bytes as u64);
        let file = self.open.get(&self.directory, write.segment);
        match (&mut self.writer, file) {
            (Writer::Uring(uring), Ok(file)) => uring.write(file, write),
            (Writer::Blocking(blocking), Ok(file)) => blocking.write(file, write),
            (Writer::Uring(uring), Err(error)) => uring.refuse(write.buffer, error),
            (Writer::Blocking(blocking), Err(error)) => blocking.refuse(write.buffer, error),
            (Writer::None, _) => panic!("allocate the buffers before using them"),
        }
    }

    fn reap(&mut self, each: &mut dyn FnMut(Completion)) {
        match &mut self.writer {
            Writer::None => {}
            Writer::Uring(uring) => uring.reap(each),
            Writer::Blocking(blocking) => blocking.reap(each),
        }
    }

    fn wait(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        match &mut self.writer {
            Writer::None => panic!("allocate the buffers before waiting"),
            Writer::Uring(uring) => uring.wait(timeout),
            Writer::Blocking(blocking) => blocking.wait(timeout),
        }
    }

    fn waker(&self) -> Waker {
        match &self.writer {
            Writer::None => panic!("allocate the buffers before waiting"),
            Writer::Uring(uring) => uring.waker(),
            Writer::Blocking(blocking) => blocking.waker(),
        }
    }

    fn segments(&mut self) -> io::Result<Vec<u64>> {
        self.directory.segments()
    }

    fn file(&self, segment: u64) -> String {
        self.directory.segment(segment).display().to_string()
    }

    fn reader(&self) -> FileReader {
        FileReader::new(self.directory.clone())
    }

    fn sync(&mut self, segment: u64) -> io::Result<()> {
        File::open(self.directory.segment(segment))?.sync_all()?;
        self.directory.sync()
    }

    fn keep_aside(&mut self, name: &str, bytes: &[u8]) -> io::Result<String> {
        self.directory.keep_aside(name, bytes)
    }

    fn zero(&mut self, segment: u64, from: u64, to: u64) -> io::Result<()> {
        // Through the page cache, which takes any offset: a segment may have come from a device with smaller blocks.
        let file = OpenOptions::new().write(true).open(self.directory.segment(segment))?;
        let zeros = vec![0; ZERO_PIECE_BYTES.min((to - from) as usize)];
        let mut offset = from;
        while offset < to {
            let piece = zeros.len().min((to - offset) as usize);
            file.write_all_at(&zeros[..piece], offset)?;
            offset += piece as u64;
        }
        file.sync_all()
    }

    fn remove(&mut self, segment: u64) -> io::Result<()> {
        self.directory.remove(&self.directory.segment(segment))
    }

    fn prepare(&mut self, header: &SegmentHeader) {
        self.blanks.prepare(header);
    }

    fn prepare_reserve(&mut self, segment_bytes: u64) {
        self.blanks.prepare_reserve(segment_bytes);
    }

    fn preparation(&self) -> Preparation {
        self.blanks.preparation()
    }

    fn wait_prepared(&mut self) {
        self.blanks.wait_next();
    }

    fn spend_reserve(&mut self, header: &SegmentHeader) -> io::Result<()> {
        self.blanks.spend_reserve(header)
    }
}

impl OpenFiles {
    fn get(&mut self, directory: &Directory, segment: u64) -> io::Result<&File> {
        if !self.0.iter().any(|(open, _)| *open == segment) {
            let file = directory.open_to_write(&directory.segment(segment))?;
            self.0.truncate(1);
            self.0.insert(0, (segment, file));
        }
        let (_, file) = self.0.iter().find(|(open, _)| *open == segment).expect("it was just opened");
        Ok(file)
    }
}
