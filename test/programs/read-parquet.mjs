// Reads a Parquet file as any other program would, and prints its rows and what its metadata says.
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet'

const file = await asyncBufferFromFile(process.argv[2])
const { num_rows, schema } = await parquetMetadataAsync(file)
const columns = schema.slice(1).map(({ name, type }) => `${name} ${type}`)
const rows = await parquetReadObjects({ file })
console.log(JSON.stringify({ rows, count: Number(num_rows), columns }))
