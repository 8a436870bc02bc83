//! The log's directory: its lock, the names in it, and how its files are opened.
//!
//! ```text
//!   lock                        held by the one process that has the log open
//!   00000000000000000001.log    a segment; the number is its place in the log
//!   reserve                     a segment without a place yet
//!   blank.making, probe         work under way; removed when the directory is opened
//!   torn-…                      what recovery cut, kept for whoever wants to look
//! ```

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::aligned::Pages;
use super::blocking::write_at;
use super::{Durability, Reader};
use crate::error::LogError;

const SUFFIX: &str = ".log";
const NUMBER_DIGITS: usize = 20;
const RESERVE: &str = "reserve";
const BLANK: &str = "blank.making";
const PROBE: &str = "probe";
const PAGE_BYTES: usize = 4096;

/// The directory, and what was learned about its file system.
#[derive(Clone, Debug)]
pub(super) struct Directory {
    path: PathBuf,
    /// Whether files are opened for direct IO; without it writes go through the page cache.
    pub is_direct: bool,
    /// Logical block of direct IO; a page without it.
    pub block_bytes: usize,
}

impl Directory {
    /// Makes the directory if need be, locks it, clears it of unfinished work, and learns how it can be written.
    /// The lock lasts as long as the returned file.
    pub(super) fn open(path: &Path) -> Result<(Directory, File), LogError> {
        let trouble = |action, file: &Path| {
            let file = file.display().to_string();
            move |source| LogError::Disk { action, file, source }
        };
        fs::create_dir_all(path).map_err(trouble("make the directory", path))?;
        let lock_path = path.join("lock");
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(&lock_path);
        let lock = lock.map_err(trouble("open", &lock_path))?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => LogError::Locked { file: lock_path.display().to_string() },
            TryLockError::Error(source) => trouble("lock", &lock_path)(source),
        })?;
        let mut directory = Directory { path: path.to_path_buf(), is_direct: false, block_bytes: PAGE_BYTES };
        for unfinished in [directory.blank(), path.join(PROBE)] {
            remove(&unfinished).map_err(trouble("remove", &unfinished))?;
        }
        directory.learn().map_err(trouble("write durably to", &path.join(PROBE)))?;
        Ok((directory, lock))
    }

    pub(super) fn segment(&self, sequence: u64) -> PathBuf {
        self.path.join(format!("{sequence:0NUMBER_DIGITS$}{SUFFIX}"))
    }

    pub(super) fn reserve(&self) -> PathBuf {
        self.path.join(RESERVE)
    }

    pub(super) fn blank(&self) -> PathBuf {
        self.path.join(BLANK)
    }

    /// Sequence numbers of the segments, ascending.
    pub(super) fn segments(&self) -> io::Result<Vec<u64>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.path)? {
            found.extend(entry?.file_name().to_str().and_then(sequence_of));
        }
        found.sort_unstable();
        Ok(found)
    }

    /// Opens a file as frames are written to it.
    pub(super) fn open_to_write(&self, path: &Path) -> io::Result<File> {
        OpenOptions::new().write(true).custom_flags(self.flags()).open(path)
    }

    /// Makes names safe from a power cut.
    pub(super) fn sync(&self) -> io::Result<()> {
        File::open(&self.path)?.sync_all()
    }

    /// Gives a finished file its name.
    pub(super) fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)?;
        self.sync()
    }

    pub(super) fn remove(&self, path: &Path) -> io::Result<()> {
        remove(path)?;
        self.sync()
    }

    /// Keeps bytes under this name, or with a number behind it if it is taken.
    pub(super) fn keep_aside(&self, name: &str, bytes: &[u8]) -> io::Result<String> {
        for attempt in 1.. {
            let name = if attempt == 1 { name.to_owned() } else { format!("{name}-{attempt}") };
            let path = self.path.join(name);
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => continue,
                Err(error) => return Err(error),
                Ok(mut file) => {
                    file.write_all(bytes)?;
                    file.sync_all()?;
                    self.sync()?;
                    return Ok(path.display().to_string());
                }
            }
        }
        unreachable!("there are more numbers than files")
    }

    /// A file for trial writes, gone with its handle.
    pub(super) fn probe(&self, is_direct: bool) -> io::Result<File> {
        let path = self.path.join(PROBE);
        let flags = if is_direct { libc::O_DIRECT } else { 0 };
        let file = OpenOptions::new().create(true).truncate(true).write(true).custom_flags(flags).open(&path);
        remove(&path)?;
        file
    }

    /// Tries direct IO in blocks of 512 bytes, of 4096, and then the page cache. The first that takes a durable
    /// write is it.
    fn learn(&mut self) -> io::Result<()> {
        let page = Pages::new(PAGE_BYTES);
        for (is_direct, block_bytes) in [(true, 512), (true, PAGE_BYTES), (false, PAGE_BYTES)] {
            // Offset and length at one block, so that a larger block is refused.
            let tried = self.probe(is_direct).and_then(|file| {
                write_at(&file, &page[..block_bytes], block_bytes as u64, Durability::OnCompletion)
                    .map_err(io::Error::from_raw_os_error)
            });
            match tried {
                Ok(written) if written == block_bytes => {
                    (self.is_direct, self.block_bytes) = (is_direct, block_bytes);
                    return Ok(());
                }
                Err(error) if !is_direct => return Err(error),
                _ => {}
            }
        }
        Err(ErrorKind::WriteZero.into())
    }

    fn flags(&self) -> i32 {
        if self.is_direct { libc::O_DIRECT } else { 0 }
    }
}

/// Reads segments the way they were written, so that what is read is what the disk holds.
pub struct FileReader {
    directory: Directory,
    open: Option<(u64, File)>,
}

impl FileReader {
    pub(super) fn new(directory: Directory) -> FileReader {
        FileReader { directory, open: None }
    }

    fn file(&mut self, segment: u64) -> io::Result<&File> {
        if self.open.as_ref().is_none_or(|(open, _)| *open != segment) {
            let mut options = OpenOptions::new();
            options.read(true).custom_flags(self.directory.flags());
            self.open = Some((segment, options.open(self.directory.segment(segment))?));
        }
        Ok(&self.open.as_ref().expect("it was just opened").1)
    }
}

impl Reader for FileReader {
    fn bytes(&mut self, segment: u64) -> io::Result<u64> {
        Ok(self.file(segment)?.metadata()?.len())
    }

    fn read(&mut self, segment: u64, offset: u64, into: &mut [u8]) -> io::Result<()> {
        use std::os::unix::fs::FileExt;
        self.file(segment)?.read_exact_at(into, offset)
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// The number in a segment's name. Any other name is no segment's, so that no two files have one number.
fn sequence_of(name: &str) -> Option<u64> {
    let digits = name.strip_suffix(SUFFIX)?;
    let is_number = digits.len() == NUMBER_DIGITS && digits.bytes().all(|digit| digit.is_ascii_digit());
    if is_number { digits.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_exact_names_are_segments() {
        let names = [
            "00000000000000000001.log",
            "18446744073709551615.log",
            "18446744073709551616.log",
            "1.log",
            "+0000000000000000001.log",
            "00000000000000000001.log.bak",
            "reserve",
        ];
        assert_eq!(names.map(sequence_of), [Some(1), Some(u64::MAX), None, None, None, None, None]);
    }

    #[test]
    fn a_directory_has_one_owner() {
        let home = tempfile::tempdir().expect("a temporary directory");
        let first = Directory::open(home.path()).expect("a fresh directory");
        let second = Directory::open(home.path());
        assert!(matches!(second, Err(LogError::Locked { .. })), "{second:?}");
        drop(first);
        Directory::open(home.path()).expect("the lock went with its file");
    }

    #[test]
    fn what_is_kept_aside_replaces_nothing() {
        let home = tempfile::tempdir().expect("a temporary directory");
        let (directory, _lock) = Directory::open(home.path()).expect("a fresh directory");
        let kept: Vec<String> = ["a", "b"]
            .map(|text| directory.keep_aside("torn", text.as_bytes()).expect("there is room"))
            .to_vec();
        assert_eq!(
            kept.iter().map(|file| fs::read_to_string(file).expect("it is there")).collect::<Vec<_>>(),
            ["a", "b"]
        );
    }
}
