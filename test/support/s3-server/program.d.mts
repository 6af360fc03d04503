export function findS3Server(): string | null;
