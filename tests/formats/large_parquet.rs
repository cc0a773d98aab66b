//! A Parquet file of twenty gigabytes, most of them holes: it is planned by its footer, and of the columns that are
//! not chosen nothing is read.

use crate::drop::{files, read, told};
use bytes::Bytes;
use expect_test::expect;
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::file::metadata::{
    ColumnChunkMetaData, ParquetMetaData, ParquetMetaDataReader, ParquetMetaDataWriter,
    RowGroupMetaData,
};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use runsift::format::{Plan, plan, read_unit};
use runsift::ledger::{Column, Keep, Ledger, Role, RunSink, ValueRef};
use runsift::source::{File, Files, ReadSeek};
use std::cell::Cell;
use std::io::{self, Read, Seek, SeekFrom};
use std::rc::Rc;
use std::sync::Arc;

const GROUPS: usize = 4;
const ROWS: usize = 500;
const PROBES: usize = 16;

/// How much each column chunk takes that is not there.
const HOLE_BYTES: u64 = 20_000_000_000 / (GROUPS * PROBES) as u64;

/// A file of which only some stretches are there; between them it is zeros.
#[derive(Clone)]
struct Sparse {
    /// Where each stretch begins, in order.
    stretches: Rc<Vec<(u64, Vec<u8>)>>,
    len: u64,
    at: u64,
    /// How many bytes were read of stretches, and of holes.
    read: Rc<Cell<(u64, u64)>>,
}

impl File for Sparse {
    fn path(&self) -> &'static str {
        "runs.parquet"
    }

    fn len_bytes(&self) -> u64 {
        self.len
    }

    fn open(&self) -> io::Result<Box<dyn ReadSeek>> {
        Ok(Box::new(Self {
            at: 0,
            ..self.clone()
        }))
    }
}

impl Read for Sparse {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let mut stretches = self.stretches.iter();
        let (mut stretch, mut hole) = self.read.get();
        let next = stretches.find(|(from, bytes)| self.at < from + bytes.len() as u64);
        let got = match next {
            Some((from, bytes)) if self.at >= *from => {
                let mut left = &bytes[(self.at - from) as usize..];
                let got = left.read(to)?;
                stretch += got as u64;
                got
            }
            next => {
                let end = next.map_or(self.len, |(from, _)| *from);
                let got = to.len().min((end - self.at) as usize);
                to[..got].fill(0);
                hole += got as u64;
                got
            }
        };
        self.at += got as u64;
        self.read.set((stretch, hole));
        Ok(got)
    }
}

impl Seek for Sparse {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = match to {
            SeekFrom::Start(at) => at,
            SeekFrom::End(by) => self.len.saturating_add_signed(by),
            SeekFrom::Current(by) => self.at.saturating_add_signed(by),
        };
        Ok(self.at)
    }
}

fn text(text: String) -> ByteArray {
    ByteArray::from(text.into_bytes())
}

/// Runs with an id, a status, a param, a metric, and many numbers that are all the same.
fn runs() -> Vec<u8> {
    let probes: String = (0..PROBES)
        .map(|at| format!("required double metrics.probe_{at};"))
        .collect();
    let schema = format!(
        "message m {{ required binary run_id (UTF8); {probes} required binary status (UTF8);
            required double params.lr; required double metrics.val/loss; }}"
    );
    let properties = WriterProperties::builder()
        .set_offset_index_disabled(true)
        .set_statistics_enabled(parquet::file::properties::EnabledStatistics::Chunk)
        .build();
    let schema = Arc::new(parse_message_type(&schema).unwrap());
    let mut bytes = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut bytes, schema, Arc::new(properties)).unwrap();
    for first in (0..GROUPS).map(|group| group * ROWS) {
        let rows = first..first + ROWS;
        let mut group = writer.next_row_group().unwrap();
        let ids: Vec<ByteArray> = rows.clone().map(|row| text(format!("run-{row}"))).collect();
        let states = vec![text("FINISHED".to_owned()); ROWS];
        let numbers = |of: fn(f64) -> f64| rows.clone().map(|row| of(row as f64)).collect();
        let mut doubles: Vec<Vec<f64>> = vec![vec![1.0; ROWS]; PROBES];
        doubles.extend([numbers(|row| row / 8.0), numbers(|row| row * 2.0)]);
        let mut doubles = doubles.into_iter();
        for at in 0..PROBES + 4 {
            let mut column = group.next_column().unwrap().unwrap();
            if at == 0 || at == PROBES + 1 {
                let texts = if at == 0 { &ids } else { &states };
                let typed = column.typed::<ByteArrayType>();
                typed.write_batch(texts, None, None).unwrap();
            } else {
                let typed = column.typed::<DoubleType>();
                let values = doubles.next().unwrap();
                typed.write_batch(&values, None, None).unwrap();
            }
            column.close().unwrap();
        }
        group.close().unwrap();
    }
    writer.close().unwrap();
    bytes
}

/// The same file with each probe's chunks grown to holes.
fn stretched(bytes: &[u8]) -> Sparse {
    let whole = Bytes::copy_from_slice(bytes);
    let metadata = ParquetMetaDataReader::new()
        .parse_and_finish(&whole)
        .unwrap();
    let mut stretches = vec![(0, b"PAR1".to_vec())];
    let mut at = 4_u64;
    let mut moved = |column: &ColumnChunkMetaData| {
        let (from, len) = column.byte_range();
        let shift = |place: i64| place + at as i64 - from as i64;
        let mut builder = column
            .clone()
            .into_builder()
            .set_data_page_offset(shift(column.data_page_offset()))
            .set_dictionary_page_offset(column.dictionary_page_offset().map(shift));
        if column.column_path().string().contains("probe") {
            builder = builder
                .set_total_compressed_size(HOLE_BYTES as i64)
                .set_total_uncompressed_size(HOLE_BYTES as i64);
            at += HOLE_BYTES;
        } else {
            stretches.push((at, bytes[from as usize..(from + len) as usize].to_vec()));
            at += len;
        }
        builder.build().unwrap()
    };
    let groups: Vec<RowGroupMetaData> = metadata
        .row_groups()
        .iter()
        .map(|group| {
            let columns = group.columns().iter().map(&mut moved).collect();
            let builder = group.clone().into_builder().set_column_metadata(columns);
            builder.build().unwrap()
        })
        .collect();
    let metadata = ParquetMetaData::new(metadata.file_metadata().clone(), groups);
    let mut footer = Vec::new();
    ParquetMetaDataWriter::new(&mut footer, &metadata)
        .finish()
        .unwrap();
    let len = at + footer.len() as u64;
    stretches.push((at, footer));
    Sparse {
        stretches: Rc::new(stretches),
        len,
        at: 0,
        read: Rc::default(),
    }
}

/// Reads of the files' columns only these.
fn read_columns(files: &Files, columns: &[&str]) -> (Plan, Ledger) {
    let keep = Keep {
        columns: columns.iter().map(|&name| name.to_owned()).collect(),
        ..Keep::default()
    };
    let plan = plan(files);
    let mut ledger = Ledger::default();
    for unit in &plan.units {
        let mut on_part = |part| {
            ledger.append(part);
        };
        let mut sink = RunSink::new(&mut on_part).keeping(keep.clone());
        read_unit(unit, files, &mut sink, &mut |_| {});
        sink.finish();
    }
    (plan, ledger)
}

#[test]
fn of_twenty_gigabytes_the_chosen_columns_are_read() {
    let bytes = runs();
    let file = stretched(&bytes);
    assert!(file.len > 20_000_000_000);
    let counted = Rc::clone(&file.read);
    let there: usize = file.stretches.iter().map(|(_, bytes)| bytes.len()).sum();
    let files: Files = vec![Rc::new(file)];

    let plan = plan(&files);
    assert!(plan.memory_bytes > 20_000_000_000, "{}", plan.memory_bytes);
    let (_, hole) = counted.replace((0, 0));
    // The first bytes of a file are looked at to recognise it, whatever they are.
    assert!(hole < 1 << 20, "{hole}");

    let (_, ledger) = read_columns(&files, &["lr", "*loss"]);
    let names: Vec<&str> = ledger
        .columns()
        .iter()
        .filter(|column| column.role() != Role::Attribute)
        .map(Column::name)
        .collect();
    assert_eq!(names, ["lr", "val/loss"]);
    assert_eq!(ledger.rows(), GROUPS * ROWS);
    let number = |role, name, row| ledger.column(ledger.find(role, name).unwrap()).get(row);
    assert_eq!(number(Role::Param, "lr", 1999), ValueRef::Number(249.875));
    assert_eq!(
        number(Role::Metric, "val/loss", 501),
        ValueRef::Number(1002.0)
    );
    let ids = ledger.attribute("id").unwrap();
    assert_eq!(ids.get(777), ValueRef::Text("run-777"));
    let problems = ledger.sources()[0].problems.listed();
    assert_eq!(problems[0].what, "16 of its 20 columns were not chosen");
    assert_eq!(problems.len(), 1);

    let (stretch, hole) = counted.get();
    assert!(hole < 1 << 20, "{hole}");
    // Pages are read in pieces that overlap.
    assert!(stretch < 4 * there as u64, "{stretch} of {there}");
}

#[test]
fn what_tells_rows_is_read_whatever_was_chosen() {
    let mut bytes = Vec::new();
    let schema = "message m { required int64 step; required binary run_name (UTF8);
        required double loss; required double acc; required int64 _timestamp; }";
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let mut writer = SerializedFileWriter::new(&mut bytes, schema, Arc::default()).unwrap();
    let mut group = writer.next_row_group().unwrap();
    for at in 0..5 {
        let mut column = group.next_column().unwrap().unwrap();
        let done = match at {
            0 | 4 => column.typed::<Int64Type>().write_batch(&[1, 2], None, None),
            1 => {
                let name = text("a".to_owned());
                let typed = column.typed::<ByteArrayType>();
                typed.write_batch(&[name.clone(), name], None, None)
            }
            _ => column
                .typed::<DoubleType>()
                .write_batch(&[0.5, 0.25], None, None),
        };
        assert_eq!(done.unwrap(), 2);
        column.close().unwrap();
    }
    group.close().unwrap();
    writer.close().unwrap();
    let files = files(&[("p.parquet", &bytes)]);
    expect![[r#"
        p.parquet as parquet
        metric loss=0.25 of 2, metric acc=0.25 of 2, @id=a
    "#]]
    .assert_eq(&told(&read(&files)));
    expect![[r#"
        p.parquet as parquet
        ! : 1 of its 5 columns were not chosen (they were not read)
        metric loss=0.25 of 2, @id=a
    "#]]
    .assert_eq(&told(&read_columns(&files, &["loss"])));
}
