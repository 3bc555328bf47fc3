import { ApiProperty } from '@nestjs/swagger';

export class HealthResponse {
  @ApiProperty({ example: 'healthy' })
  status: string;

  @ApiProperty({ example: 'Chat System' })
  app: string;

  @ApiProperty({ description: 'UTC, to the second', example: '2024-01-01T12:00:00Z' })
  timestamp: string;

  @ApiProperty({ description: "The package's version", example: '1.0.0' })
  version: string;
}

export class DatabaseStatus {
  @ApiProperty({ type: 'integer', nullable: true, description: 'null when the database does not answer', example: 150 })
  message_count: number | null;

  @ApiProperty({
    enum: ['connected', 'read_only', 'disconnected'],
    description: 'read_only: messages can be read but not stored (a full disk, say)',
    example: 'connected',
  })
  status: 'connected' | 'read_only' | 'disconnected';
}

export class WebSocketStatus {
  @ApiProperty({ type: 'integer', description: 'Open WebSocket connections', example: 5 })
  active_connections: number;

  @ApiProperty({ enum: ['active', 'draining'], example: 'active' })
  status: 'active' | 'draining';
}

export class SystemStatus {
  @ApiProperty({ description: 'The largest whole unit', example: '2 hours' })
  uptime: string;

  @ApiProperty({
    description: 'Used memory of the container, of its limit; where it has none, of the machine',
    example: '45%',
  })
  memory_usage: string;
}

/** The answer of `GET /status`, keys in the document's order. */
export class StatusResponse {
  @ApiProperty({ enum: ['healthy', 'unhealthy'], example: 'healthy' })
  status: 'healthy' | 'unhealthy';

  @ApiProperty({ example: 'Chat System' })
  app: string;

  @ApiProperty({ description: 'UTC, to the second', example: '2024-01-01T12:00:00Z' })
  timestamp: string;

  @ApiProperty({ example: '1.0.0' })
  version: string;

  @ApiProperty({ type: DatabaseStatus })
  database: DatabaseStatus;

  @ApiProperty({ type: WebSocketStatus })
  websocket: WebSocketStatus;

  @ApiProperty({ type: SystemStatus })
  system: SystemStatus;
}
